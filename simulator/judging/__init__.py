"""Words in, judgements out: replies, facets, signals, delivery; one interface, two engines."""
