//! `check-config`: what `serve` would do with the same options, without doing it. It can be run
//! beside a server that serves.

use super::configuration::Configuration;
use super::{print_line, warn};
use crate::failure::Failure;
use beistand_server::disk::{Purpose, Watermark};
use beistand_server::log_key;

/// Says what would be served, and warns of what a server would start with but should not.
///
/// # Errors
/// What would keep it from starting, as far as that can be seen from outside.
pub fn run(configuration: &Configuration) -> Result<(), Failure> {
    let Configuration {
        data,
        instance,
        listen,
        hosts,
        site,
        metrics,
        tls,
        quotas,
        ..
    } = configuration;
    let secure = if tls.is_some() { "https" } else { "http" };
    let names: Vec<&str> = hosts.names().collect();
    print_line(&format!("instance   {}", instance.instance))?;
    print_line(&format!("data       {}", data.display()))?;
    print_line(&format!("listen     {secure}://{listen}"))?;
    print_line(&format!("names      {}", names.join(", ")))?;
    print_line(&format!("site       {} files", site.len()))?;
    if let Some(metrics) = metrics {
        print_line(&format!("metrics    http://{metrics}/metrics"))?;
    }
    print_line(&format!(
        "an epoch   {} envelopes, {} parts, {} fetches",
        quotas.envelopes, quotas.parts, quotas.fetches
    ))?;

    // The nearest folder that is there: the data directory itself is made at the first start.
    let there = data.ancestors().find(|folder| folder.is_dir());
    let there = there.unwrap_or(data);
    let watermark = Watermark::new(there, configuration.keep_free);
    if !watermark.has_room(Purpose::Upkeep) {
        return Err(beistand_server::store::StoreError::Full.into());
    }
    if !watermark.has_room(Purpose::Envelope) {
        warn("the disk has so little room that reports and answers would be refused: free some, or lower --keep-free");
    } else if !watermark.has_room(Purpose::Part) {
        warn("the disk has so little room that attachments would be refused: free some, or lower --keep-free");
    }
    if tls.is_none() && !listen.ip().is_loopback() {
        warn("this is plain HTTP on an address that others reach: let only a proxy or Tor reach it, or give --certificate and --certificate-key");
    }
    if !data.join(log_key::FILE).is_file() {
        warn("there is no log key yet: the roster must name it, so run `beistand-server log-key` first");
    }
    if site.is_placeholder() {
        warn("this program was built without the site: build it with `cargo xtask site`, or give --site");
    }
    print_line("good: a server would start with this")
}
