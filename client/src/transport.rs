//! One HTTP agent with fixed habits. Everything that could tell one client from another, or
//! keep it waiting for ever, is set here and nowhere else.

use crate::address::{AddressError, Proxy, ServerAddress};
use crate::error::{ClientError, Route};
use std::io::Read;
use std::time::Duration;
use ureq::config::AutoHeaderValue;
use ureq::http::Response;
use ureq::{Agent, Body};

/// What every native client of every version calls itself.
const USER_AGENT: &str = "beistand";
/// Tor needs its time to build a circuit.
const CONNECT: Duration = Duration::from_secs(60);
/// Silence after which a connection counts as broken.
const SILENCE: Duration = Duration::from_secs(90);
/// A whole answer, except that of a sync, which may be as long as the wall.
const WHOLE_ANSWER: Duration = Duration::from_secs(15 * 60);
/// The largest problem document.
const PROBLEM_LIMIT: u64 = 64 * 1024;

pub(crate) struct Transport {
    agent: Agent,
    address: ServerAddress,
}

impl Transport {
    pub(crate) fn new(address: ServerAddress, proxy: Option<&Proxy>) -> Result<Self, AddressError> {
        if address.is_onion() && proxy.is_none() {
            return Err(AddressError::OnionWithoutProxy);
        }
        let proxy = proxy
            .map(|proxy| ureq::Proxy::new(proxy.as_str()).map_err(|_| AddressError::Proxy))
            .transpose()?;
        let config = Agent::config_builder()
            // Set even where it is none: a proxy in the environment is nobody's decision here.
            .proxy(proxy)
            .user_agent(USER_AGENT)
            .accept("*/*")
            .accept_encoding(AutoHeaderValue::None)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .http_status_as_error(false)
            .timeout_connect(Some(CONNECT))
            .timeout_per_read(Some(SILENCE))
            .timeout_per_write(Some(SILENCE))
            .build();
        Ok(Self {
            agent: config.new_agent(),
            address,
        })
    }

    /// `GET`, with `query` (including its `?`) behind the path; the body, at most `limit` bytes.
    pub(crate) fn get(
        &self,
        route: Route,
        query: &str,
        limit: u64,
    ) -> Result<Vec<u8>, ClientError> {
        let url = format!("{}{}{query}", self.address, route.path());
        let request = self
            .agent
            .get(url)
            .config()
            .timeout_recv_body(Some(WHOLE_ANSWER))
            .build();
        let response = request.call().map_err(|error| failed(route, error))?;
        read_body(route, accepted(response)?, limit)
    }

    /// `POST`; the body of the answer, at most `limit` bytes.
    pub(crate) fn post(
        &self,
        route: Route,
        body: &[u8],
        limit: u64,
    ) -> Result<Vec<u8>, ClientError> {
        let request = self.agent.post(format!("{}{}", self.address, route.path()));
        let request = request
            .config()
            .timeout_recv_body(Some(WHOLE_ANSWER))
            .build();
        let request = request.header("content-type", "application/octet-stream");
        let response = request.send(body).map_err(|error| failed(route, error))?;
        read_body(route, accepted(response)?, limit)
    }

    /// `POST` whose answer is read piece by piece.
    pub(crate) fn post_streaming(
        &self,
        route: Route,
        body: &[u8],
    ) -> Result<impl Read + Send + 'static, ClientError> {
        let request = self.agent.post(format!("{}{}", self.address, route.path()));
        let request = request.header("content-type", "application/octet-stream");
        let response = request.send(body).map_err(|error| failed(route, error))?;
        Ok(accepted(response)?
            .into_body()
            .into_with_config()
            .limit(u64::MAX)
            .reader())
    }
}

/// The response, if it is the one wanted; a redirect is none.
fn accepted(response: Response<Body>) -> Result<Response<Body>, ClientError> {
    let status = response.status();
    if status.is_success() {
        return Ok(response);
    }
    let mut body = Vec::new();
    // A refusal whose explanation breaks off is still that refusal.
    let _ = response
        .into_body()
        .into_reader()
        .take(PROBLEM_LIMIT)
        .read_to_end(&mut body);
    Err(ClientError::problem(status.as_u16(), &body))
}

fn read_body(route: Route, response: Response<Body>, limit: u64) -> Result<Vec<u8>, ClientError> {
    let mut body = Vec::new();
    let mut reader = response
        .into_body()
        .into_reader()
        .take(limit.saturating_add(1));
    reader
        .read_to_end(&mut body)
        .map_err(|error| failed(route, error.into()))?;
    if body.len() as u64 > limit {
        return Err(ClientError::Malformed { route });
    }
    Ok(body)
}

/// A fault of the network, in words that hold nothing of the request.
pub(crate) fn failed(route: Route, error: ureq::Error) -> ClientError {
    let reason = match error {
        ureq::Error::Protocol(_)
        | ureq::Error::Http(_)
        | ureq::Error::LargeResponseHeader(..)
        | ureq::Error::BodyExceedsLimit(_) => return ClientError::Malformed { route },
        ureq::Error::HostNotFound => "no server of that name was found".to_owned(),
        ureq::Error::Timeout(_) => "it did not answer in time".to_owned(),
        ureq::Error::Rustls(error) => format!("no secure connection ({error})"),
        ureq::Error::Tls(_) | ureq::Error::TlsRequired => "no secure connection".to_owned(),
        ureq::Error::Io(error) => match error.kind() {
            std::io::ErrorKind::ConnectionRefused => "the connection was refused".to_owned(),
            std::io::ErrorKind::UnexpectedEof
            | std::io::ErrorKind::ConnectionReset
            | std::io::ErrorKind::ConnectionAborted
            | std::io::ErrorKind::BrokenPipe => "the connection broke off".to_owned(),
            std::io::ErrorKind::TimedOut => "it did not answer in time".to_owned(),
            kind => kind.to_string(),
        },
        _ => "the connection failed".to_owned(),
    };
    ClientError::Unreachable { reason }
}
