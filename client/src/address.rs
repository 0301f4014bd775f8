//! Where a server is, and by which way it is reached. Both are checked before anything is sent,
//! so that nobody talks to a server in the clear, and no onion name is asked of a resolver.

use std::fmt;
use std::str::FromStr;

/// The address of a server: `https://…`, or `http://` to this machine or an onion service.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ServerAddress {
    text: String,
    onion: bool,
}

/// A SOCKS5 proxy that also resolves names, such as Tor's at `127.0.0.1:9050`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    text: String,
}

/// Why an address is not used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// Not an address at all, or one with a path, a query or a user.
    #[error("the server's address is not of the form https://NAME or https://NAME:PORT")]
    Form,
    /// `http://` to another machine.
    #[error("the server's address starts with http://, so anybody on the way could read along")]
    Insecure,
    /// An onion service without a proxy.
    #[error("an onion service can be reached through Tor only")]
    OnionWithoutProxy,
    /// Not `HOST:PORT` or `socks5h://HOST:PORT`.
    #[error("the proxy is not of the form HOST:PORT or socks5h://HOST:PORT")]
    Proxy,
}

impl ServerAddress {
    /// The address as it is put before a route: no slash at its end.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether only Tor can reach it.
    pub fn is_onion(&self) -> bool {
        self.onion
    }
}

impl FromStr for ServerAddress {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let text = text.trim_end_matches('/');
        let (authority, secure) =
            match (text.strip_prefix("https://"), text.strip_prefix("http://")) {
                (Some(authority), _) => (authority, true),
                (None, Some(authority)) => (authority, false),
                (None, None) => return Err(AddressError::Form),
            };
        let host = host_of(authority).ok_or(AddressError::Form)?;
        let onion = host.ends_with(".onion");
        let local = matches!(host, "127.0.0.1" | "localhost" | "[::1]");
        if !secure && !onion && !local {
            return Err(AddressError::Insecure);
        }
        Ok(Self {
            text: text.to_owned(),
            onion,
        })
    }
}

impl fmt::Display for ServerAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

impl Proxy {
    /// The proxy with its scheme: names are always resolved by the proxy, never here.
    pub fn as_str(&self) -> &str {
        &self.text
    }
}

impl FromStr for Proxy {
    type Err = AddressError;

    fn from_str(text: &str) -> Result<Self, AddressError> {
        let authority = text.strip_prefix("socks5h://").unwrap_or(text);
        let port = authority.rsplit_once(':').map(|(_, port)| port);
        if host_of(authority).is_none() || port.is_none_or(|port| port.parse::<u16>().is_err()) {
            return Err(AddressError::Proxy);
        }
        Ok(Self {
            text: format!("socks5h://{authority}"),
        })
    }
}

/// The host of `host[:port]`; `None` where there is anything else in it.
fn host_of(authority: &str) -> Option<&str> {
    let plain = |host: &str| {
        !host.is_empty()
            && host
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b".-_".contains(&b))
    };
    let (host, port) = match authority.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        _ => (authority, None),
    };
    let port_is_fine = port.is_none_or(|port| port.parse::<u16>().is_ok());
    let bracketed = host
        .strip_prefix('[')
        .and_then(|host| host.strip_suffix(']'))
        .is_some_and(|host| host.parse::<std::net::Ipv6Addr>().is_ok());
    (port_is_fine && (plain(host) || bracketed)).then_some(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_pass() {
        for good in [
            "https://help.example",
            "https://help.example:8443/",
            "http://127.0.0.1:8080",
            "http://localhost:1",
            "http://[::1]:8080",
            "http://abcdef.onion",
        ] {
            assert!(good.parse::<ServerAddress>().is_ok(), "{good}");
        }
        let insecure = "http://help.example".parse::<ServerAddress>();
        assert_eq!(insecure, Err(AddressError::Insecure));
        for bad in [
            "help.example",
            "ftp://help.example",
            "https://",
            "https://help.example/path",
            "https://user@help.example",
            "https://help.example:port",
            "https://help.example?x",
            "http://127.0.0.1.evil.example@x",
        ] {
            assert_eq!(
                bad.parse::<ServerAddress>(),
                Err(AddressError::Form),
                "{bad}"
            );
        }
    }

    #[test]
    fn a_proxy_always_resolves_names_itself() {
        let proxy: Proxy = "127.0.0.1:9050".parse().unwrap();
        assert_eq!(proxy.as_str(), "socks5h://127.0.0.1:9050");
        assert_eq!("socks5h://127.0.0.1:9050".parse::<Proxy>(), Ok(proxy));
        for bad in [
            "",
            "127.0.0.1",
            "http://127.0.0.1:1",
            "socks5://127.0.0.1:9050",
            "a b:1",
        ] {
            assert_eq!(bad.parse::<Proxy>(), Err(AddressError::Proxy), "{bad}");
        }
    }
}
