//! Everything that is not an address of the wall: the files of the site.

use super::problem::HttpError;
use super::sections::Sections;
use crate::site::Site;
use actix_web::http::header::{self, HeaderMap};
use actix_web::http::Method;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::problem::ProblemCode;

/// A file of the site, compressed where the visitor takes that. Nothing is compressed here: it
/// was done when the site was built, and is the same for everybody.
pub async fn static_site(
    site: Data<Site>,
    request: HttpRequest,
) -> Result<HttpResponse, HttpError> {
    let file = site.file(request.path()).ok_or(ProblemCode::NotFound)?;
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return Err(ProblemCode::MethodNotAllowed.into());
    }
    let mut response = HttpResponse::Ok();
    response.content_type(file.content_type);
    if !file.compressed.is_empty() {
        response.insert_header((header::VARY, "Accept-Encoding"));
    }
    // The smallest comes first.
    let mut compressed = file.compressed.iter();
    let taken = compressed.find(|(coding, _)| takes(request.headers(), coding.name()));
    Ok(match taken {
        Some((coding, bytes)) => {
            response.insert_header((header::CONTENT_ENCODING, coding.name()));
            response.body(Sections::from(bytes))
        }
        None => response.body(Sections::from(&file.bytes)),
    })
}

/// Whether a visitor takes a coding, by RFC 9110, section 12.5.3; `*` is not taken for one.
fn takes(headers: &HeaderMap, coding: &str) -> bool {
    let mut accepted = headers
        .get_all(header::ACCEPT_ENCODING)
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','));
    accepted.any(|accepted| {
        let (name, weight) = accepted.split_once(';').unwrap_or((accepted, "q=1"));
        let weight = weight.trim().strip_prefix("q=");
        let refused = weight.and_then(|weight| weight.parse::<f32>().ok()) == Some(0.0);
        name.trim().eq_ignore_ascii_case(coding) && !refused
    })
}
