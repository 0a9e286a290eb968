//! What the model was not told, back in its place: only now that prose and markers are told apart, so that no value can speak
//! with the model's voice.

use crate::{
    ai::server::masking::{Unmasker, Vault},
    pilot::markers::Piece,
};

pub struct Restored<'v> {
    vault: &'v Vault,
    prose: Unmasker<'v>,
}

impl<'v> Restored<'v> {
    pub fn new(vault: &'v Vault) -> Self {
        Self { vault, prose: vault.unmasker() }
    }

    /// The answer begins anew.
    pub fn start_over(&mut self) {
        self.prose = self.vault.unmasker();
    }

    pub fn all(&mut self, pieces: Vec<Piece>) -> Vec<Piece> {
        pieces.into_iter().map(|piece| self.one(piece)).collect()
    }

    /// The rest of the prose, once nothing more comes.
    pub fn finish(self) -> Piece {
        Piece::Text(self.prose.finish())
    }

    fn one(&mut self, piece: Piece) -> Piece {
        match piece {
            Piece::Text(text) => Piece::Text(self.prose.push(&text)),
            Piece::Marker(marker) if !self.vault.is_empty() => {
                Piece::Marker(marker.with_texts(|text| self.vault.unmask(text)))
            }
            other => other,
        }
    }
}
