//! From options to what a server is made of: everything that can be wrong before it starts is
//! found here, for `serve` and `check-config` alike.

use super::options::Options;
use crate::failure::Failure;
use beistand_protocol::instance::Instance;
use beistand_server::app::Quotas;
use beistand_server::disk::Watermark;
use beistand_server::http::hosts::Hosts;
use beistand_server::site::Site;
use beistand_server::tls;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Where a server listens where nobody says otherwise.
pub const LISTEN: SocketAddr =
    SocketAddr::new(std::net::IpAddr::V4(std::net::Ipv4Addr::LOCALHOST), 8080);

/// What a server is made of.
#[derive(Debug)]
pub struct Configuration {
    /// The data directory.
    pub data: PathBuf,
    /// `instance.json`.
    pub instance_file: Vec<u8>,
    /// What it says.
    pub instance: Instance,
    /// Where to listen.
    pub listen: SocketAddr,
    /// The names it is asked by.
    pub hosts: Hosts,
    /// The site.
    pub site: Site,
    /// Bytes to keep free.
    pub keep_free: u64,
    /// Where figures are shown.
    pub metrics: Option<SocketAddr>,
    /// TLS.
    pub tls: Option<rustls::ServerConfig>,
    /// What an epoch takes.
    pub quotas: Quotas,
}

impl Configuration {
    /// Reads and checks what `options` name.
    ///
    /// # Errors
    /// One [`Failure`] a thing that is missing or wrong.
    pub fn load(options: Options) -> Result<Self, Failure> {
        let options = options.with_file()?;
        let data = options.data.ok_or_else(|| Failure::missing("--data"))?;
        let instance = options
            .instance
            .ok_or_else(|| Failure::missing("--instance"))?;
        let instance_file = read_instance(&instance)?;
        let instance = Instance::parse(&instance_file)?;
        let mut hosts = Hosts::of(&instance);
        for host in options.host.unwrap_or_default() {
            hosts.add(&host).map_err(Failure::host)?;
        }
        let site = match &options.site {
            Some(directory) => Site::read(directory).map_err(Failure::site)?,
            None => Site::embedded(),
        };
        if options
            .metrics
            .is_some_and(|address| !address.ip().is_loopback())
        {
            return Err(Failure::metrics_address());
        }
        let tls = match (&options.certificate, &options.certificate_key) {
            (Some(certificate), Some(key)) => Some(tls::configuration(certificate, key)?),
            (None, None) => None,
            _ => return Err(Failure::half_of_tls()),
        };
        let default = Quotas::default();
        let keep_free = options.keep_free;
        Ok(Self {
            data,
            instance_file,
            instance,
            listen: options.listen.unwrap_or(LISTEN),
            hosts,
            site,
            keep_free: keep_free.map_or(Watermark::DEFAULT_BYTES, |mb| mb.saturating_mul(1 << 20)),
            metrics: options.metrics,
            tls,
            quotas: Quotas {
                envelopes: options.envelopes_per_epoch.unwrap_or(default.envelopes),
                parts: options.parts_per_epoch.unwrap_or(default.parts),
                fetches: options.fetches_per_epoch.unwrap_or(default.fetches),
            },
        })
    }
}

/// The bytes of an instance file.
///
/// # Errors
/// It cannot be read.
pub fn read_instance(path: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(path).map_err(Failure::instance)
}
