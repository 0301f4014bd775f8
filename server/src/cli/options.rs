//! The options of a server, from the command line, the environment and a file, in that order.
//! None of them is a secret.

use crate::failure::Failure;
use clap::Args;
use serde::Deserialize;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// All options; each may be missing. In the file they have the same names, with `_` for `-`.
#[derive(Debug, Default, Args, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Options {
    /// A file of these options in TOML; `init` writes one that explains them
    #[arg(
        long,
        value_name = "FILE",
        env = "BEISTAND_CONFIG",
        hide_env_values = true
    )]
    #[serde(skip)]
    pub config: Option<PathBuf>,
    /// The directory that holds everything the server keeps; made if it is not there
    #[arg(
        long,
        value_name = "DIR",
        env = "BEISTAND_DATA",
        hide_env_values = true
    )]
    pub data: Option<PathBuf>,
    /// The instance file, `instance.json`
    #[arg(
        long,
        value_name = "FILE",
        env = "BEISTAND_INSTANCE",
        hide_env_values = true
    )]
    pub instance: Option<PathBuf>,
    /// Where to listen; port 0 for any free one [default: 127.0.0.1:8080]
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = "BEISTAND_LISTEN",
        hide_env_values = true
    )]
    pub listen: Option<SocketAddr>,
    /// A name visitors ask by, beside those in the instance file; may be given more than once
    #[arg(
        long,
        value_name = "NAME",
        env = "BEISTAND_HOSTS",
        hide_env_values = true,
        value_delimiter = ','
    )]
    pub host: Option<Vec<String>>,
    /// The folder of the site, instead of the one the program was built with
    #[arg(
        long,
        value_name = "DIR",
        env = "BEISTAND_SITE",
        hide_env_values = true
    )]
    pub site: Option<PathBuf>,
    /// Megabytes to keep free on the disk of the data directory; attachments are refused at twice
    /// as much [default: 256]
    #[arg(
        long,
        value_name = "MB",
        env = "BEISTAND_KEEP_FREE",
        hide_env_values = true
    )]
    pub keep_free: Option<u64>,
    /// Where to show coarse figures at /metrics; a loopback address only
    #[arg(
        long,
        value_name = "ADDR:PORT",
        env = "BEISTAND_METRICS",
        hide_env_values = true
    )]
    pub metrics: Option<SocketAddr>,
    /// A chain of certificates (PEM), where the server itself speaks TLS
    #[arg(
        long,
        value_name = "FILE",
        env = "BEISTAND_CERTIFICATE",
        hide_env_values = true
    )]
    pub certificate: Option<PathBuf>,
    /// The file of its key (PEM)
    #[arg(
        long,
        value_name = "FILE",
        env = "BEISTAND_CERTIFICATE_KEY",
        hide_env_values = true
    )]
    pub certificate_key: Option<PathBuf>,
    /// Envelopes an epoch takes from all visitors together [default: 4096]
    #[arg(
        long,
        value_name = "N",
        env = "BEISTAND_ENVELOPES_PER_EPOCH",
        hide_env_values = true
    )]
    pub envelopes_per_epoch: Option<u32>,
    /// Parts of attachments an epoch takes [default: 1024]
    #[arg(
        long,
        value_name = "N",
        env = "BEISTAND_PARTS_PER_EPOCH",
        hide_env_values = true
    )]
    pub parts_per_epoch: Option<u32>,
    /// Fetches in an epoch after which they get dearer [default: 16384]
    #[arg(
        long,
        value_name = "N",
        env = "BEISTAND_FETCHES_PER_EPOCH",
        hide_env_values = true
    )]
    pub fetches_per_epoch: Option<u32>,
}

impl Options {
    /// These options, and those of the file they name where they say nothing.
    ///
    /// # Errors
    /// The file cannot be read or understood.
    pub fn with_file(self) -> Result<Self, Failure> {
        let Some(path) = &self.config else {
            return Ok(self);
        };
        let text = std::fs::read_to_string(path).map_err(Failure::config_unreadable)?;
        let file: Self = toml::from_str(&text).map_err(|error| {
            let before = error.span().and_then(|span| text.get(..span.start));
            let line = before.map_or(1, |before| before.matches('\n').count() + 1);
            Failure::config_malformed(line, error.message())
        })?;
        let file = file.relative_to(path.parent().unwrap_or(Path::new("")));
        Ok(self.or(file))
    }

    /// Paths in a file are relative to its folder.
    fn relative_to(mut self, folder: &Path) -> Self {
        let paths = [
            &mut self.data,
            &mut self.instance,
            &mut self.site,
            &mut self.certificate,
            &mut self.certificate_key,
        ];
        for path in paths.into_iter().flatten() {
            *path = folder.join(&*path);
        }
        self
    }

    fn or(self, file: Self) -> Self {
        Self {
            config: self.config,
            data: self.data.or(file.data),
            instance: self.instance.or(file.instance),
            listen: self.listen.or(file.listen),
            host: self.host.or(file.host),
            site: self.site.or(file.site),
            keep_free: self.keep_free.or(file.keep_free),
            metrics: self.metrics.or(file.metrics),
            certificate: self.certificate.or(file.certificate),
            certificate_key: self.certificate_key.or(file.certificate_key),
            envelopes_per_epoch: self.envelopes_per_epoch.or(file.envelopes_per_epoch),
            parts_per_epoch: self.parts_per_epoch.or(file.parts_per_epoch),
            fetches_per_epoch: self.fetches_per_epoch.or(file.fetches_per_epoch),
        }
    }
}
