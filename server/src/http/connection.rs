//! The connection underneath HTTP: what it may cost when whoever is at the other end takes their
//! time. HTTP itself only bounds the head of a first request; everything else is bounded here.
//!
//! A connection is either *working* (the server has to do something) or *waiting* for the other
//! end: for a head, for a body, or for somebody to take an answer. Waiting has a limit, and where
//! there are too many connections, the one that gets the least done while it waits has to go.
//! So whoever holds connections open keeps nobody out.
//!
//! No address of the other end is ever asked for.

use actix_web::rt::net::{ActixStream, Ready, TcpStream};
use actix_web::rt::time::{sleep_until, Instant, Sleep};
use std::cell::{Cell, RefCell};
use std::collections::BTreeMap;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::Arc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

/// Bytes a second that an answer must be taken at on the whole; slow circuits of Tor do. The
/// other direction has the same limit (`super::body`).
pub const SLOWEST_RATE: u64 = 16 * 1024;
/// How long the other end may take.
#[derive(Debug, Clone, Copy)]
pub struct Patience {
    /// For the head of a request, from the connection on.
    pub head: Duration,
    /// How long it may take an answer more slowly than [`SLOWEST_RATE`], the time between an
    /// answer and the next request included.
    pub answer: Duration,
}

impl Default for Patience {
    fn default() -> Self {
        Self {
            head: Duration::from_secs(10),
            answer: Duration::from_secs(30),
        }
    }
}

/// A connection this young is not judged yet.
const GRACE: Duration = Duration::from_secs(2);

/// All connections of one worker thread.
#[derive(Debug)]
pub struct Crowd {
    most: usize,
    patience: Patience,
    next: Cell<u64>,
    members: RefCell<BTreeMap<u64, Rc<Activity>>>,
}

/// What one connection is doing.
#[derive(Debug)]
pub struct Activity {
    crowd: Rc<Crowd>,
    phase: Cell<Phase>,
    since: Cell<Instant>,
    /// Bytes that went either way since then.
    moved: Cell<u64>,
    /// Bytes of bodies and answers in memory on its behalf; they may be dropped on any thread.
    held: Arc<AtomicUsize>,
    dismissed: Cell<bool>,
    waker: RefCell<Option<Waker>>,
}

/// Who has to do something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// The other end, begin or finish a head.
    Head,
    /// The other end, finish a body. Its deadline is that of [`super::body::Inbox`].
    Body,
    /// The other end, take an answer.
    Answer,
    /// The server.
    Working,
}

impl Crowd {
    /// No connections yet, and never more than `most` unless all are being worked for.
    pub fn new(most: usize, patience: Patience) -> Rc<Self> {
        Rc::new(Self {
            most,
            patience,
            next: Cell::new(0),
            members: RefCell::default(),
        })
    }

    /// Takes a connection in, and dismisses another one where there are too many.
    pub fn admit(self: &Rc<Self>, stream: TcpStream) -> Connection {
        if self.members.borrow().len() >= self.most {
            self.dismiss_slowest(|_| true);
        }
        let activity = Rc::new(Activity {
            crowd: Rc::clone(self),
            phase: Cell::new(Phase::Head),
            since: Cell::new(Instant::now()),
            moved: Cell::new(0),
            held: Arc::default(),
            dismissed: Cell::new(false),
            waker: RefCell::default(),
        });
        let number = self.next.replace(self.next.get().wrapping_add(1));
        self.members
            .borrow_mut()
            .insert(number, Rc::clone(&activity));
        Connection {
            stream,
            number,
            activity,
            timer: Box::pin(sleep_until(Instant::now() + self.patience.head)),
        }
    }

    /// Ends the connection that gets the least done, of those that wait and are `among` the ones
    /// meant; the youngest are spared while there is another.
    fn dismiss_slowest(&self, among: impl Fn(&Activity) -> bool) {
        let now = Instant::now();
        let members = self.members.borrow();
        let waiting = members.values().filter(|activity| {
            activity.phase.get() != Phase::Working && !activity.dismissed.get() && among(activity)
        });
        let slowest = waiting.min_by_key(|activity| {
            let age = now.saturating_duration_since(activity.since.get());
            let rate = activity.moved.get().saturating_mul(1_000)
                / u64::try_from(age.as_millis()).unwrap_or(u64::MAX).max(1);
            (age < GRACE, rate, activity.since.get())
        });
        if let Some(activity) = slowest {
            activity.dismissed.set(true);
            if let Some(waker) = activity.waker.take() {
                waker.wake();
            }
        }
    }
}

impl Activity {
    /// Notes who has to do something now, from now on.
    pub fn enter(&self, phase: Phase) {
        self.phase.set(phase);
        self.since.set(Instant::now());
        self.moved.set(0);
    }

    /// Where the bytes in memory on its behalf are counted.
    pub fn held(&self) -> Arc<AtomicUsize> {
        Arc::clone(&self.held)
    }

    /// Makes room in memory: ends the slowest other connection that holds some.
    pub fn push(&self) {
        self.crowd.dismiss_slowest(|other| {
            other.held.load(Ordering::SeqCst) > 0 && !std::ptr::eq(other, self)
        });
    }

    fn moved(&self, bytes: usize) {
        self.moved
            .set(self.moved.get().saturating_add(bytes as u64));
    }

    /// Until when the other end may take, or `None` where it is judged elsewhere.
    fn deadline(&self) -> Option<Instant> {
        let patience = &self.crowd.patience;
        match self.phase.get() {
            Phase::Head => Some(self.since.get() + patience.head),
            Phase::Answer => Some(self.since.get() + patience.answer),
            Phase::Body | Phase::Working => None,
        }
    }

    /// Whether the time that was given was not used. An answer that is taken fast enough gets more.
    fn is_over(&self) -> bool {
        let milliseconds = u128::from(self.moved.get()) * 1_000 / u128::from(SLOWEST_RATE);
        let enough = milliseconds >= self.crowd.patience.answer.as_millis();
        if self.phase.get() == Phase::Answer && enough {
            self.enter(Phase::Answer);
            return false;
        }
        true
    }
}

/// A stream that ends itself when it waits for too long.
#[derive(Debug)]
pub struct Connection {
    stream: TcpStream,
    number: u64,
    activity: Rc<Activity>,
    timer: Pin<Box<Sleep>>,
}

impl Connection {
    /// What it is doing; requests note it there.
    pub fn activity(&self) -> Rc<Activity> {
        Rc::clone(&self.activity)
    }

    /// Called whenever nothing moves: fails when that has lasted for too long, and otherwise sees
    /// to it that it is called again.
    fn wait(&mut self, context: &mut Context<'_>) -> io::Result<()> {
        *self.activity.waker.borrow_mut() = Some(context.waker().clone());
        while let Some(deadline) = self.activity.deadline() {
            if self.timer.deadline() != deadline {
                self.timer.as_mut().reset(deadline);
            }
            if self.timer.as_mut().poll(context).is_pending() {
                return Ok(());
            }
            if self.activity.is_over() {
                return Err(io::ErrorKind::TimedOut.into());
            }
        }
        Ok(())
    }

    /// Fails where the connection was dismissed, however busy the other end makes itself.
    fn check(&self) -> io::Result<()> {
        match self.activity.dismissed.get() {
            true => Err(io::ErrorKind::ConnectionAborted.into()),
            false => Ok(()),
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.activity
            .crowd
            .members
            .borrow_mut()
            .remove(&self.number);
    }
}

impl AsyncRead for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        self.check()?;
        let before = buffer.filled().len();
        match Pin::new(&mut self.stream).poll_read(context, buffer) {
            Poll::Ready(outcome) => {
                self.activity.moved(buffer.filled().len() - before);
                Poll::Ready(outcome)
            }
            Poll::Pending => match self.wait(context) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        }
    }
}

impl AsyncWrite for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        self.check()?;
        match Pin::new(&mut self.stream).poll_write(context, bytes) {
            Poll::Ready(outcome) => {
                if let Ok(written) = outcome {
                    self.activity.moved(written);
                }
                Poll::Ready(outcome)
            }
            Poll::Pending => match self.wait(context) {
                Ok(()) => Poll::Pending,
                Err(error) => Poll::Ready(Err(error)),
            },
        }
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

impl ActixStream for Connection {
    fn poll_read_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_read_ready(&self.stream, context)
    }

    fn poll_write_ready(&self, context: &mut Context<'_>) -> Poll<io::Result<Ready>> {
        ActixStream::poll_write_ready(&self.stream, context)
    }
}
