//! TLS by rustls, for an operator without a proxy: TLS 1.2 and 1.3, HTTP/1.1 only. Certificate
//! and key are read when the server starts.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::ServerConfig;
use std::path::Path;
use std::sync::Arc;

/// Why there is no TLS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// The certificate file.
    #[error("the certificate cannot be read: {0}")]
    Certificate(String),
    /// The key file.
    #[error("the key of the certificate cannot be read: {0}")]
    Key(String),
    /// They do not belong together, or are of a kind rustls does not take.
    #[error("the certificate cannot be used: {0}")]
    Pair(#[from] rustls::Error),
}

/// The configuration for a chain of certificates and its key, both PEM.
///
/// # Errors
/// [`TlsError`].
pub fn configuration(certificate: &Path, key: &Path) -> Result<ServerConfig, TlsError> {
    let unreadable = |error: rustls::pki_types::pem::Error| TlsError::Certificate(words(&error));
    let chain = CertificateDer::pem_file_iter(certificate).map_err(unreadable)?;
    let chain = chain.collect::<Result<Vec<_>, _>>().map_err(unreadable)?;
    if chain.is_empty() {
        return Err(TlsError::Certificate("it holds none".to_owned()));
    }
    let key = PrivateKeyDer::from_pem_file(key).map_err(|error| TlsError::Key(words(&error)))?;
    // Named, so that what some other crate installs for the whole process changes nothing here.
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()?
        .with_no_client_auth()
        .with_single_cert(chain, key)?;
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    Ok(config)
}

/// What went wrong, without anything of the file.
fn words(error: &rustls::pki_types::pem::Error) -> String {
    match error {
        rustls::pki_types::pem::Error::Io(error) => error.kind().to_string(),
        rustls::pki_types::pem::Error::NoItemsFound => "it holds none".to_owned(),
        _ => "it is no PEM file of that kind".to_owned(),
    }
}
