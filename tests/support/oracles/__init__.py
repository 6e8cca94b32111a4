"""The same problems solved by other means than the package's, to compare with."""
