//! An answer of many records, one in memory at a time, read when the one before was taken.

use super::budget::{Budget, Share};
use super::connection::Activity;
use super::problem::HttpError;
use super::sections::PIECE;
use super::work;
use crate::app::{Refusal, Wall};
use actix_web::body::{BodySize, MessageBody};
use actix_web::web::{Bytes, Data};
use actix_web::HttpRequest;
use beistand_protocol::problem::ProblemCode;
use std::future::Future;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{ready, Context, Poll};

/// Bytes of all records in memory at once.
const MOST_IN_FLIGHT: usize = 64 * 1024 * 1024;

/// Where records go out: counts what is in memory.
#[derive(Debug, Clone)]
pub struct Outbox(Budget);

impl Default for Outbox {
    fn default() -> Self {
        Self(Budget::new(MOST_IN_FLIGHT))
    }
}

/// What a plan says of its records.
pub trait Plan: Send + 'static {
    /// Bytes of the whole answer.
    fn size(&self) -> u64;

    /// The most bytes a record has.
    fn largest(&self) -> usize;

    /// The next record, or `None` after the last.
    ///
    /// # Errors
    /// Those of the store.
    fn next(&mut self, wall: &Wall) -> Result<Option<Vec<u8>>, Refusal>;
}

type Reading<P> = Pin<Box<dyn Future<Output = Result<(P, Share, Option<Vec<u8>>), HttpError>>>>;

/// The body of the answer. It fails half-way where a record can no longer be read: the other end
/// sees an answer that is shorter than it says, and asks again.
pub struct Records<P> {
    wall: Data<Wall>,
    activity: Option<Rc<Activity>>,
    size: u64,
    piece: Bytes,
    state: State<P>,
}

enum State<P> {
    Reading(Reading<P>),
    Taken(P, Share),
    End,
}

impl<P: Plan> Records<P> {
    /// The records of `plan`, behind the bytes of `prefix`.
    pub fn new(
        wall: Data<Wall>,
        outbox: &Outbox,
        request: &HttpRequest,
        prefix: Vec<u8>,
        plan: P,
    ) -> Self {
        let activity = request.conn_data::<Rc<Activity>>().cloned();
        let share = outbox.0.share(activity.as_deref());
        Self {
            wall,
            activity,
            size: prefix.len() as u64 + plan.size(),
            piece: prefix.into(),
            state: State::Taken(plan, share),
        }
    }

    fn read(&self, mut plan: P, mut share: Share) -> Reading<P> {
        let (wall, activity) = (self.wall.clone(), self.activity.clone());
        Box::pin(async move {
            share.release();
            let room = share.grow(plan.largest(), activity.as_deref()).await;
            room.map_err(|_| HttpError::from(ProblemCode::Overloaded))?;
            let (plan, record) = work::run(move || {
                let record = plan.next(&wall)?;
                Ok((plan, record))
            })
            .await?;
            Ok((plan, share, record))
        })
    }
}

impl<P: Plan + Unpin> MessageBody for Records<P> {
    type Error = HttpError;

    fn size(&self) -> BodySize {
        BodySize::Sized(self.size)
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, HttpError>>> {
        loop {
            if !self.piece.is_empty() {
                let end = self.piece.len().min(PIECE);
                return Poll::Ready(Some(Ok(self.piece.split_to(end))));
            }
            match std::mem::replace(&mut self.state, State::End) {
                State::Taken(plan, share) => {
                    self.state = State::Reading(self.read(plan, share));
                }
                State::Reading(mut reading) => {
                    let outcome = reading.as_mut().poll(context);
                    if outcome.is_pending() {
                        self.state = State::Reading(reading);
                    }
                    match ready!(outcome) {
                        Ok((plan, share, Some(record))) => {
                            self.piece = record.into();
                            self.state = State::Taken(plan, share);
                        }
                        Ok((_, _, None)) => {}
                        Err(error) => return Poll::Ready(Some(Err(error))),
                    }
                }
                State::End => return Poll::Ready(None),
            }
        }
    }
}
