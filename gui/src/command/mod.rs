//! Everything a person can do: one table that feeds menus, shortcuts, palette and cheat sheet.
//!
//! Panels return a [`Command`]; only `app.rs` carries commands out. An [`Action`] is a command that
//! needs nothing else to be said, and every action has a row in [`TABLE`].

mod table;

use std::path::PathBuf;

use flagstone_geom::Rect;
use flagstone_netlist::NodeId;
use flagstone_report::SortBy;

use crate::compare::Side;
use crate::replay::Thought;
use crate::ruler::Ruler;
use crate::selection::Pick;
use crate::state::{LeftTab, RightTab, Settings};
use crate::tools::Tool;

pub use self::table::{Entry, Menu, Needs, TABLE, entry, group_pressed, pressed};

/// A change that a panel asks for.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// An action of the table.
    Do(Action),
    /// Opens a design from its files, or watches a run folder.
    Open(Vec<PathBuf>),
    /// Writes the placement; the format follows from the name.
    SaveAs(PathBuf),
    /// Writes the markers.
    SaveMarkers(PathBuf),
    /// Writes the heat map that is shown.
    SaveHeatMap(PathBuf),
    /// Shows a recording of the open design.
    OpenRecording(PathBuf),
    /// Goes to a step of it.
    Seek(usize),
    /// Draws something else of a policy's step.
    Think(Thought),
    /// Compares with a placement file.
    Compare(PathBuf),
    /// Shows both in another way.
    CompareSide(Side),
    /// Sorts the differences.
    CompareSort(SortBy),
    /// Asks for the file of a picture.
    AskForPicture,
    /// Writes a picture of what is shown.
    ExportPicture(PathBuf),
    /// Writes the recording as a film.
    ExportFilm(PathBuf),
    /// Takes the edits over that were left when the program ended.
    Recover,
    /// Drops those edits.
    ForgetRecovery,
    /// Changes the selection.
    Select(Pick, Vec<NodeId>),
    /// Selects and shows nodes.
    SelectAndFit(Vec<NodeId>),
    /// Shows a part of the canvas, in µm.
    ZoomTo(Rect),
    /// Goes to what a text says: coordinates, a rectangle or a name.
    GoTo(String),
    /// Takes new settings over.
    Settings(Box<Settings>),
    /// Shows a tab of the left panel.
    LeftTab(LeftTab),
    /// Shows a tab of the right panel.
    RightTab(RightTab),
    /// Begins to drag the selected macros, from a place in µm.
    DragStart(NodeId, flagstone_geom::Point),
    /// Drags them to another place; the flag says whether they snap to the grid.
    DragTo(flagstone_geom::Point, bool),
    /// Lets go of them.
    DragEnd,
    /// Keeps a ruler.
    Measure(Ruler),
    /// Goes back or forward to a state of the history: the number of edits in force.
    UndoTo(usize),
    /// Accepts a marker, or not.
    Waive(usize, bool),
    /// Shows a marker.
    ShowMarker(usize),
    /// Starts a tool.
    Start(Tool),
    /// Puts the selection in a group, 0 to 7; takes it out if it is in it.
    Group(usize),
    /// Selects what is in a group.
    SelectGroup(usize),
    /// Puts text on the clipboard.
    Copy(String),
    /// Ends the program; unsaved edits are kept for the next time.
    Close,
}

/// A command of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[allow(missing_docs, reason = "the table says what each does")]
pub enum Action {
    Open,
    Reload,
    Save,
    SaveAs,
    SaveMarkers,
    SaveHeatMap,
    Quit,
    Undo,
    Redo,
    SelectAll,
    Deselect,
    NextUnderPointer,
    RotateHalf,
    MirrorX,
    MirrorY,
    Lock,
    NudgeLeft,
    NudgeRight,
    NudgeUp,
    NudgeDown,
    LegalizeSelection,
    ClearGroups,
    Fit,
    FitSelection,
    ZoomIn,
    ZoomOut,
    PanLeft,
    PanRight,
    PanUp,
    PanDown,
    Back,
    Forward,
    GoTo,
    Find,
    Inspect,
    CostTab,
    MarkersTab,
    HeatTab,
    ToolsTab,
    LayersTab,
    HistoryTab,
    GroupsTab,
    NextHeatMap,
    PreviousHeatMap,
    HeatMapOff,
    Flylines,
    Bundles,
    Focus,
    Names,
    GridLines,
    Snap,
    Ruler,
    ClearRulers,
    NextMarker,
    PreviousMarker,
    SetReference,
    LeftPanel,
    RightPanel,
    ThemeSystem,
    ThemeLight,
    ThemeDark,
    LargerText,
    SmallerText,
    NormalText,
    FrameTime,
    Reset,
    Refine,
    RefineLong,
    Descend,
    SpreadSoft,
    Greedy,
    Legalize,
    PlaceWithPolicy,
    Train,
    Pause,
    StopAndKeep,
    StopAndDrop,
    OpenRecording,
    ReplayRun,
    ExportPicture,
    CopyPicture,
    ExportFilm,
    Play,
    NextStep,
    PreviousStep,
    FirstStep,
    LastStep,
    Faster,
    Slower,
    KeepStep,
    CloseReplay,
    CompareWith,
    CompareWithOpened,
    CompareTab,
    Blink,
    SideBySide,
    CloseCompare,
    Palette,
    CheatSheet,
}
