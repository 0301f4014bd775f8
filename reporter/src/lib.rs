//! Everything the reporter's site can do, without a browser.
