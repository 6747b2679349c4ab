"""Files that customers send: fetched from named hosts only, and judged by their bytes."""
