"""Words, tables and pages of text that know no game."""
