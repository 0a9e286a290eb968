//! What goes wrong on purpose: once, some times, for ever, or at random from a seed.

use std::time::Duration;

use super::call::Call;

/// Nobody waits for an answer that long.
const SILENCE: Duration = Duration::from_secs(40);

/// How a request goes wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Mishap {
    /// 429 with `Retry-After` in seconds.
    Throttled(u64),
    /// A page for people with this status instead of JSON.
    Html(u16),
    /// The answer comes late.
    Slow(Duration),
    /// The connection ends before anything is done.
    CutBefore,
    /// It is done, and the connection ends without an answer.
    CutAfter,
    /// The connection ends at once, and so much later it is done.
    DoneLate(Duration),
    /// It is done, and half of the answer comes.
    Half,
    /// The role of the key denies it.
    Forbidden,
    /// 409
    Conflict,
    /// 200, and nothing was changed: of a change to a ticket.
    Ignored,
    /// The company is not known any more, as an answer.
    NoCompany,
}

/// A mishap, and which requests it is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    mishap: Mishap,
    method: Option<String>,
    path: Option<String>,
    /// How often still; `None`: for ever.
    times: Option<u32>,
    /// How many such requests go well before.
    spared: u32,
}

impl From<Mishap> for Fault {
    fn from(mishap: Mishap) -> Self {
        Self { mishap, method: None, path: None, times: Some(1), spared: 0 }
    }
}

impl Mishap {
    /// For requests whose path (`/service/tickets/48213/notes`) contains this.
    pub fn on(self, method: &str, path: &str) -> Fault {
        Fault { method: Some(method.to_owned()), path: Some(path.to_owned()), ..Fault::from(self) }
    }

    /// For every request from now on.
    pub fn always(self) -> Fault {
        Fault::from(self).forever()
    }
}

impl Fault {
    pub fn times(self, times: u32) -> Self {
        Self { times: Some(times), ..self }
    }

    pub fn forever(self) -> Self {
        Self { times: None, ..self }
    }

    /// Lets so many such requests go well first.
    pub fn after(self, spared: u32) -> Self {
        Self { spared, ..self }
    }

    fn is_for(&self, call: &Call, path: &str) -> bool {
        self.method.as_ref().is_none_or(|method| *method == call.method)
            && self.path.as_ref().is_none_or(|part| path.contains(part.as_str()))
    }
}

/// All that is to go wrong.
#[derive(Debug, Default)]
pub struct Faults {
    scripted: Vec<Fault>,
    chance: Option<Chance>,
}

#[derive(Debug)]
struct Chance {
    state: u64,
    /// Of 1.
    rate: f64,
    /// Of 1, of requests that change something: how many go wrong for longer than anybody waits.
    long: f64,
}

impl Chance {
    /// The next of a sequence that the seed alone decides (SplitMix64).
    fn draw(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.state ^ (self.state >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    /// Whether it happens, where it happens to this share.
    fn happens(&mut self, share: f64) -> bool {
        let drawn = f64::from(u32::try_from(self.draw() >> 32).unwrap_or(u32::MAX));
        drawn < share * (f64::from(u32::MAX) + 1.0)
    }

    fn mishap(&mut self, writes: bool) -> Option<Mishap> {
        // Without them the sequence is as if there were none.
        if self.long > 0.0 && writes && self.happens(self.long) {
            return Some(match self.draw() % 2 {
                0 => Mishap::Slow(SILENCE),
                _ => Mishap::DoneLate(Duration::from_millis(5_000 + self.draw() % 55_000)),
            });
        }
        if !self.happens(self.rate) {
            return None;
        }
        Some(match self.draw() % 8 {
            0 => Mishap::Throttled(1),
            1 => Mishap::Html(500),
            2 => Mishap::Html(503),
            3 => Mishap::Slow(Duration::from_millis(self.draw() % 300)),
            4 => Mishap::CutBefore,
            5 => Mishap::Half,
            6 => Mishap::Ignored,
            _ => Mishap::CutAfter,
        })
    }
}

impl Faults {
    pub fn add(&mut self, fault: Fault) {
        self.scripted.push(fault);
    }

    /// From now on this share of requests goes wrong, each in a way of its own; and `long` of those that change something, for
    /// longer than anybody waits.
    pub fn at_random(&mut self, seed: u64, rate: f64, long: f64) {
        self.chance = Some(Chance { state: seed, rate, long });
    }

    /// Everything goes well again.
    pub fn clear(&mut self) {
        *self = Self::default();
    }

    /// What happens to this request.
    pub fn strike(&mut self, call: &Call, path: &str) -> Option<Mishap> {
        for fault in self.scripted.iter_mut().filter(|fault| fault.is_for(call, path)) {
            if fault.spared > 0 {
                fault.spared -= 1;
                continue;
            }
            match &mut fault.times {
                Some(0) => continue,
                Some(left) => *left -= 1,
                None => {}
            }
            return Some(fault.mishap.clone());
        }
        self.chance.as_mut().and_then(|chance| chance.mishap(call.method != "GET"))
    }
}
