//! The names this server is asked by. A request for another name did not come from a visitor who
//! typed the published address: it is refused before anything is looked at.

use actix_web::dev::RequestHead;
use actix_web::http::header;
use beistand_protocol::instance::Instance;
use std::collections::BTreeSet;
use std::net::IpAddr;

/// See the module. Names are compared without their port: behind a proxy or onion service it is
/// another one than the one listened on.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Hosts {
    names: BTreeSet<String>,
}

/// A name that is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a host is a name or an address, without scheme and path")]
pub struct HostError;

impl Hosts {
    /// Those of the addresses in the instance file.
    pub fn of(instance: &Instance) -> Self {
        let authorities = instance.addresses.iter().filter_map(|address| {
            let (_, rest) = address.split_once("://")?;
            rest.split('/').next()
        });
        Self {
            names: authorities.filter_map(name).collect(),
        }
    }

    /// One more, with or without a port.
    ///
    /// # Errors
    /// [`HostError`].
    pub fn add(&mut self, host: &str) -> Result<(), HostError> {
        self.names.insert(name(host).ok_or(HostError)?);
        Ok(())
    }

    /// The names, sorted.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.names.iter().map(String::as_str)
    }

    /// Whether a request is for one of them. This machine's own names for itself always are.
    pub fn serve(&self, head: &RequestHead) -> bool {
        let mut hosts = head.headers().get_all(header::HOST);
        let (Some(host), None) = (hosts.next(), hosts.next()) else {
            return false;
        };
        let in_target = head.uri.authority().map(|authority| authority.as_str());
        host.to_str().is_ok_and(|host| self.serves_name(host))
            && in_target.is_none_or(|host| self.serves_name(host))
    }

    fn serves_name(&self, host: &str) -> bool {
        name(host).is_some_and(|name| is_loopback(&name) || self.names.contains(&name))
    }
}

fn is_loopback(name: &str) -> bool {
    let address = name.trim_start_matches('[').trim_end_matches(']');
    name == "localhost" || address.parse().is_ok_and(|ip: IpAddr| ip.is_loopback())
}

/// The name in `NAME` or `NAME:PORT`, in lower case and without the dot of the root.
fn name(authority: &str) -> Option<String> {
    let (name, port) = match authority.strip_prefix('[') {
        Some(rest) => {
            let (address, port) = rest.split_once(']')?;
            address.parse::<std::net::Ipv6Addr>().ok()?;
            (authority.get(..address.len() + 2)?, port)
        }
        None => match authority.find(':') {
            Some(colon) => authority.split_at_checked(colon)?,
            None => (authority, ""),
        },
    };
    let port_is_good = match port.strip_prefix(':') {
        Some(digits) => !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()),
        None => port.is_empty(),
    };
    let name = name.strip_suffix('.').unwrap_or(name);
    let allowed = |b: u8| b.is_ascii_alphanumeric() || b"-._[]:".contains(&b);
    (port_is_good && !name.is_empty() && name.len() <= 255 && name.bytes().all(allowed))
        .then(|| name.to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_compared_without_port_case_and_final_dot() {
        let mut hosts = Hosts::default();
        hosts.add("Report.Example.org").unwrap();
        hosts.add("[2001:db8::1]:443").unwrap();
        for known in [
            "report.example.org",
            "REPORT.example.ORG.:8443",
            "[2001:db8::1]",
            "localhost:1",
            "127.0.0.1",
            "127.9.9.9:80",
            "[::1]:80",
        ] {
            assert!(hosts.serves_name(known), "{known}");
        }
        for unknown in [
            "",
            "example.org",
            "report.example.org.evil.example",
            "xreport.example.org",
            "report.example.org:",
            "report.example.org:x",
            "report.example.org:80:80",
            "a@report.example.org",
            "report.example.org/",
            "192.0.2.1",
            "[::2]",
            "[::1",
            "localhost.example",
        ] {
            assert!(!hosts.serves_name(unknown), "{unknown}");
        }
        for none in ["https://example.org", "", "a b", "a/b"] {
            assert_eq!(hosts.add(none), Err(HostError), "{none}");
        }
    }
}
