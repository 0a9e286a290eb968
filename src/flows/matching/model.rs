//! A linear model over features (multinomial logistic regression), learnt at start from examples by AdaGrad.
//!
//! It knows labels and features only, nothing of texts or flows. The same examples give the same model, always.

use std::collections::HashMap;
use std::ops::Range;

use super::chance::Chance;
use super::features::Feature;

/// Passes over the examples.
const PASSES: usize = 5;
const RATE: f32 = 0.3;
/// The biases move more slowly than the weights.
const BIAS_RATE: f32 = 0.1;
/// A smaller error of a label is not worth a step.
const NEGLIGIBLE: f32 = 0.001;
/// Pairs seen less often say nothing.
const SEEN: usize = 2;

/// Texts to learn from, as features. All in one piece, so that the memory goes back when the model has learnt.
#[derive(Default)]
pub struct Examples {
    features: Vec<Feature>,
    given: Vec<Given>,
}

/// What is known of an example.
struct Given {
    features: Range<usize>,
    label: usize,
    /// Whether the text is *not* of this label.
    not: bool,
    weight: f32,
}

impl Examples {
    pub fn push(&mut self, features: Vec<Feature>, label: usize, not: bool, weight: f32) {
        let start = self.features.len();
        self.features.extend(features);
        self.given.push(Given { features: start..self.features.len(), label, not, weight });
    }

    /// A row for each feature, in an order that never changes.
    fn rows(&self) -> HashMap<Feature, u32> {
        let mut seen: HashMap<Feature, usize> = HashMap::new();
        for feature in &self.features {
            *seen.entry(*feature).or_default() += 1;
        }
        seen.retain(|feature, seen| *seen >= SEEN || !matches!(feature, Feature::Pair(..) | Feature::Together(..)));
        let mut kept: Vec<Feature> = seen.into_keys().collect();
        kept.sort_unstable();
        kept.into_iter().zip(0..).collect()
    }
}

/// What was learnt.
pub struct Model {
    rows: HashMap<Feature, u32>,
    /// A row of one weight a label for each feature.
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// A feature's row and its size in a text.
type Cell = (u32, f32);

impl Model {
    /// Learns to tell `labels` labels apart.
    pub fn learn(examples: Examples, labels: usize) -> Self {
        let rows = examples.rows();
        let mut model = Self { weights: vec![0.0; rows.len() * labels], bias: vec![0.0; labels], rows };
        let mut cells: Vec<Cell> = Vec::with_capacity(examples.features.len());
        let mut order: Vec<(Given, Range<usize>)> = Vec::with_capacity(examples.given.len());
        for given in examples.given {
            let start = cells.len();
            cells.extend(model.cells(examples.features.get(given.features.clone()).unwrap_or_default()));
            order.push((given, start..cells.len()));
        }
        let mut pace = Pace { weights: vec![1e-6; model.weights.len()], bias: vec![1e-6; labels] };
        let mut chance = Chance::new(42);
        for _ in 0..PASSES {
            chance.shuffle(&mut order);
            for (given, range) in &order {
                model.step(given, cells.get(range.clone()).unwrap_or_default(), &mut pace);
            }
        }
        model
    }

    /// How probable each label is, in sum 1.
    pub fn probabilities(&self, features: &[Feature]) -> Vec<f32> {
        self.weigh(&self.cells(features))
    }

    fn weigh(&self, cells: &[Cell]) -> Vec<f32> {
        let mut labels = self.bias.clone();
        for (row, size) in cells {
            let weights = self.weights.get(start(*row, labels.len())..).unwrap_or_default();
            for (label, weight) in labels.iter_mut().zip(weights) {
                *label += weight * size;
            }
        }
        let most = labels.iter().copied().fold(f32::MIN, f32::max);
        labels.iter_mut().for_each(|label| *label = (*label - most).exp());
        let sum: f32 = labels.iter().sum();
        labels.iter_mut().for_each(|label| *label /= sum);
        labels
    }

    /// The known features, made smaller the more there are: by the root of their length.
    fn cells(&self, features: &[Feature]) -> Vec<Cell> {
        let cell = |feature: &Feature| self.rows.get(feature).map(|row| (*row, feature.size()));
        let mut cells: Vec<Cell> = features.iter().filter_map(cell).collect();
        let length = cells.iter().map(|(_, size)| size * size).sum::<f32>().sqrt();
        cells.iter_mut().for_each(|(_, size)| *size /= length.sqrt());
        cells
    }

    /// Moves the weights towards what the example says.
    fn step(&mut self, given: &Given, cells: &[Cell], pace: &mut Pace) {
        let labels = self.bias.len();
        for (label, error) in errors(self.weigh(cells), given) {
            if let (Some(bias), Some(pace)) = (self.bias.get_mut(label), pace.bias.get_mut(label)) {
                *pace += error * error;
                *bias -= BIAS_RATE * error / pace.sqrt();
            }
            for (row, size) in cells {
                let at = start(*row, labels) + label;
                if let (Some(weight), Some(pace)) = (self.weights.get_mut(at), pace.weights.get_mut(at)) {
                    let slope = error * size;
                    *pace += slope * slope;
                    *weight -= RATE * slope / pace.sqrt();
                }
            }
        }
    }
}

/// Where a row of weights begins.
fn start(row: u32, labels: usize) -> usize {
    usize::try_from(row).map_or(usize::MAX, |row| row * labels)
}

/// The sums of squares that AdaGrad divides by.
struct Pace {
    weights: Vec<f32>,
    bias: Vec<f32>,
}

/// By how much each label is thought too probable, where that matters.
fn errors(probabilities: Vec<f32>, given: &Given) -> Vec<(usize, f32)> {
    let own = probabilities.get(given.label).copied().unwrap_or_default().min(0.999);
    let error = |(label, probable): (usize, f32)| match (given.not, label == given.label) {
        (false, true) => (label, probable - 1.0),
        (false, false) => (label, probable),
        // "Not this one": its share goes to the others, to each by its own.
        (true, true) => (label, own),
        (true, false) => (label, -own * probable / (1.0 - own)),
    };
    let weighted = probabilities.into_iter().enumerate().map(error).map(|(label, error)| (label, error * given.weight));
    weighted.filter(|(_, error)| error.abs() >= NEGLIGIBLE).collect()
}
