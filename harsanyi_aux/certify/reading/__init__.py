"""Reading certificates: values, tables, strategies."""
