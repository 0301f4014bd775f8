//! What everybody is shown alike: `GET /instance.json`, `/v1/state`, `/v1/rosters`, `/v1/prekeys`
//! and `/v1/index`.

use super::problem::HttpError;
use super::sections::Sections;
use crate::app::Wall;
use actix_web::web::Data;
use actix_web::{HttpRequest, HttpResponse};
use beistand_protocol::problem::ProblemCode;
use beistand_protocol::time::Day;
use std::sync::Arc;

/// `instance.json`, as the operator gave it.
#[derive(Debug, Clone)]
pub struct InstanceFile(pub Arc<[u8]>);

fn json(bytes: &Arc<[u8]>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("application/json")
        .body(Sections::from(bytes))
}

/// The file that clients pin.
pub async fn instance(file: Data<InstanceFile>) -> HttpResponse {
    json(&file.0)
}

/// The signed state.
pub async fn state(wall: Data<Wall>) -> Result<HttpResponse, HttpError> {
    Ok(json(&wall.published()?.state))
}

/// The rosters.
pub async fn rosters(wall: Data<Wall>) -> Result<HttpResponse, HttpError> {
    Ok(json(&wall.published()?.rosters_file))
}

/// The prekeys.
pub async fn prekeys(wall: Data<Wall>) -> Result<HttpResponse, HttpError> {
    Ok(json(&wall.published()?.prekeys_file))
}

/// The index from a day on: `?from=DAY` and nothing else.
pub async fn index(wall: Data<Wall>, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let from = parse_from(request.query_string()).ok_or(ProblemCode::MalformedRequest)?;
    let sections = wall.published()?.index_from(from);
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .body(Sections::new(sections)))
}

fn parse_from(query: &str) -> Option<Day> {
    let text = query.strip_prefix("from=")?;
    let day: u32 = text.parse().ok()?;
    // One spelling, so that everybody who asks for the same sends the same.
    (day.to_string() == text).then_some(Day(day))
}
