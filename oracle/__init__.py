"""Our matcher beside hftbacktest's, on real tapes: outside the package, its dependencies and its tests."""
