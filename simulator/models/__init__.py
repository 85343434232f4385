"""What is fetched: manifest, sources, verified store."""
