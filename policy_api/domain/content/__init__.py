"""What authors write: keys, paths, fields, sources, bundles and their vocabulary."""
