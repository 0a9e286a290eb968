//! Icons by what they mean. Only those named here reach the browser.

use leptos::prelude::*;

use super::view;

/// Declares the glyphs, each with the drawing it has.
macro_rules! glyphs {
    ($($glyph:ident = $drawing:ident,)+) => {
        /// What an icon says.
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum Glyph { $($glyph),+ }

        impl Glyph {
            /// Where its drawing stands in the page.
            const fn at(self) -> &'static str {
                match self { $(Self::$glyph => concat!("#glyph-", stringify!($glyph))),+ }
            }
        }

        /// Every drawing, once a page: icons only point to them, which is less to send and nothing to parse for each.
        #[component]
        pub fn Drawings() -> impl IntoView {
            let symbol = |name: &str, drawing: &str| {
                format!(r#"<symbol id="glyph-{name}" viewBox="0 0 24 24">{drawing}</symbol>"#)
            };
            let all = [$(symbol(stringify!($glyph), icondata_lu::$drawing.data)),+].concat();
            view! { <svg class="drawings" aria-hidden="true" inner_html=all></svg> }
        }
    };
}

glyphs! {
    Add = LuPlus,
    Alert = LuTriangleAlert,
    Archive = LuArchive,
    Back = LuArrowLeft,
    Check = LuCheck,
    Close = LuX,
    Computer = LuMonitor,
    Copy = LuCopy,
    Delete = LuTrash2,
    Down = LuArrowDown,
    Download = LuDownload,
    Edit = LuPencil,
    Fail = LuCircleX,
    Help = LuKeyboard,
    Home = LuHouse,
    Image = LuImagePlus,
    Info = LuInfo,
    Key = LuKeyRound,
    Lane = LuListChecks,
    Link = LuLink,
    Moon = LuMoon,
    More = LuEllipsis,
    Promote = LuLightbulb,
    Restore = LuArchiveRestore,
    Retry = LuRotateCcw,
    Script = LuSquareTerminal,
    Search = LuSearch,
    Send = LuSendHorizontal,
    Sessions = LuMessagesSquare,
    Settings = LuSettings,
    Share = LuUserPlus,
    SignOut = LuLogOut,
    Skip = LuSkipForward,
    Stop = LuSquare,
    Sun = LuSun,
    Ticket = LuTicket,
    Unlink = LuUnlink,
}

/// A line icon. It is decoration: the control or text beside it carries the name.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><use_ href=glyph.at()/></svg> }
}
