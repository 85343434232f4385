"""What is said and judged: words, facets, threads, events, session state. Standard library only."""
