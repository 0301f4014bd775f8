//! What only the two ends may know: keys, envelopes, messages.
