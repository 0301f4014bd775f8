//! Native HTTP client for the server's surface.
