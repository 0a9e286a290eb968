//! Icons by what they mean. Only those named here reach the browser.

use leptos::prelude::*;

/// What an icon says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Glyph {
    Add,
    Alert,
    Archive,
    Back,
    Check,
    Close,
    Computer,
    Copy,
    Delete,
    Down,
    Download,
    Edit,
    Fail,
    Help,
    Home,
    Image,
    Info,
    Key,
    Lane,
    Moon,
    More,
    Promote,
    Restore,
    Retry,
    Search,
    Send,
    Sessions,
    Settings,
    Share,
    SignOut,
    Skip,
    Stop,
    Sun,
    Ticket,
}

/// A line icon. It is decoration: the control or text beside it carries the name.
#[component]
pub fn Icon(glyph: Glyph) -> impl IntoView {
    let data = match glyph {
        Glyph::Add => icondata_lu::LuPlus,
        Glyph::Alert => icondata_lu::LuTriangleAlert,
        Glyph::Archive => icondata_lu::LuArchive,
        Glyph::Back => icondata_lu::LuArrowLeft,
        Glyph::Check => icondata_lu::LuCheck,
        Glyph::Close => icondata_lu::LuX,
        Glyph::Computer => icondata_lu::LuMonitor,
        Glyph::Copy => icondata_lu::LuCopy,
        Glyph::Delete => icondata_lu::LuTrash2,
        Glyph::Down => icondata_lu::LuArrowDown,
        Glyph::Download => icondata_lu::LuDownload,
        Glyph::Edit => icondata_lu::LuPencil,
        Glyph::Fail => icondata_lu::LuCircleX,
        Glyph::Help => icondata_lu::LuKeyboard,
        Glyph::Home => icondata_lu::LuHouse,
        Glyph::Image => icondata_lu::LuImagePlus,
        Glyph::Info => icondata_lu::LuInfo,
        Glyph::Key => icondata_lu::LuKeyRound,
        Glyph::Lane => icondata_lu::LuListChecks,
        Glyph::Moon => icondata_lu::LuMoon,
        Glyph::More => icondata_lu::LuEllipsis,
        Glyph::Promote => icondata_lu::LuLightbulb,
        Glyph::Restore => icondata_lu::LuArchiveRestore,
        Glyph::Retry => icondata_lu::LuRotateCcw,
        Glyph::Search => icondata_lu::LuSearch,
        Glyph::Send => icondata_lu::LuSendHorizontal,
        Glyph::Sessions => icondata_lu::LuMessagesSquare,
        Glyph::Settings => icondata_lu::LuSettings,
        Glyph::Share => icondata_lu::LuUserPlus,
        Glyph::SignOut => icondata_lu::LuLogOut,
        Glyph::Skip => icondata_lu::LuSkipForward,
        Glyph::Stop => icondata_lu::LuSquare,
        Glyph::Sun => icondata_lu::LuSun,
        Glyph::Ticket => icondata_lu::LuTicket,
    };
    view! { <svg class="icon" viewBox="0 0 24 24" aria-hidden="true" inner_html=data.data></svg> }
}
