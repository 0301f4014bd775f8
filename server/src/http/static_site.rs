//! Everything that is not an address of the wall: the files of the site.

use super::problem::HttpError;
use crate::site::Site;
use actix_web::http::{header, Method};
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::problem::ProblemCode;

/// A file of the site, compressed where the visitor takes that.
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
    if file.gzip.is_some() {
        response.insert_header((header::VARY, "Accept-Encoding"));
    }
    match file.gzip.as_ref().filter(|_| takes_gzip(&request)) {
        Some(gzip) => {
            response.insert_header((header::CONTENT_ENCODING, "gzip"));
            Ok(response.body(gzip.clone()))
        }
        None => Ok(response.body(file.bytes.clone())),
    }
}

fn takes_gzip(request: &HttpRequest) -> bool {
    let accepted = request.headers().get_all(header::ACCEPT_ENCODING);
    let mut codings = accepted
        .filter_map(|value| value.to_str().ok())
        .flat_map(|v| v.split(','));
    codings.any(|coding| {
        let (name, weight) = coding.split_once(';').unwrap_or((coding, "q=1"));
        let refused = weight
            .trim()
            .strip_prefix("q=")
            .and_then(|q| q.parse::<f32>().ok());
        name.trim().eq_ignore_ascii_case("gzip") && refused != Some(0.0)
    })
}
