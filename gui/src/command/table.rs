//! The table of actions: where each is found, its keys, and when it makes sense.

use egui::{Key, KeyboardShortcut, Modifiers};

use super::Action;
use crate::session::Session;

/// The menu an action is in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named after what it holds")]
pub enum Menu {
    File,
    Edit,
    View,
    Run,
    Replay,
    Compare,
    Help,
}

impl Menu {
    /// All menus, left to right.
    pub const ALL: [Menu; 7] =
        [Self::File, Self::Edit, Self::View, Self::Run, Self::Replay, Self::Compare, Self::Help];

    /// What a person reads.
    pub fn name(self) -> &'static str {
        match self {
            Self::File => "File",
            Self::Edit => "Edit",
            Self::View => "View",
            Self::Run => "Run",
            Self::Replay => "Replay",
            Self::Compare => "Compare",
            Self::Help => "Help",
        }
    }
}

/// What must be there for an action to make sense.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Needs {
    /// Nothing.
    Nothing,
    /// An open design.
    Design,
    /// A selection.
    Selection,
    /// A selection with a macro that may be edited now.
    Edit,
    /// A selection, with nothing else at work: what is locked may not be edited.
    Lock,
    /// An open design that no tool is working on.
    Idle,
    /// An edit to take back.
    Undo,
    /// An edit to make again.
    Redo,
    /// A tool at work.
    Run,
    /// A recording of a tool that has ended.
    LastRun,
    /// A recording that is shown.
    Replay,
    /// A placement to compare with.
    Compare,
}

impl Needs {
    /// Whether it is there.
    pub fn met(self, session: Option<&Session>) -> bool {
        let Some(session) = session else { return self == Self::Nothing };
        let idle = session.idle();
        match self {
            Self::Nothing | Self::Design => true,
            Self::Selection => !session.selection.is_empty(),
            Self::Edit => idle && session.selection.iter().any(|node| session.movable(node)),
            Self::Lock => idle && !session.selection.is_empty(),
            Self::Idle => idle,
            Self::Undo => idle && session.history.can_undo(),
            Self::Redo => idle && session.history.can_redo(),
            Self::Run => session.run.is_some(),
            Self::LastRun => idle && session.last_run.is_some(),
            Self::Replay => session.replay.is_some(),
            Self::Compare => session.compare.is_some(),
        }
    }
}

/// A row of the table.
#[derive(Clone, Copy, Debug)]
pub struct Entry {
    /// What it does.
    pub action: Action,
    /// What a person reads.
    pub name: &'static str,
    /// Where it is found.
    pub menu: Menu,
    /// Its keys; the first is shown in menus.
    pub shortcuts: &'static [KeyboardShortcut],
    /// When it makes sense.
    pub needs: Needs,
}

const fn key(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::NONE, key)
}

const fn shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::SHIFT, key)
}

const fn ctrl(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND, key)
}

const fn alt(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::ALT, key)
}

const fn ctrl_shift(key: Key) -> KeyboardShortcut {
    KeyboardShortcut::new(Modifiers::COMMAND.plus(Modifiers::SHIFT), key)
}

macro_rules! table {
    ($($menu:ident { $($action:ident $needs:ident $name:literal [$($keys:expr),*])* })*) => {
        /// All actions in the order of the menus.
        pub const TABLE: &[Entry] = &[$($(Entry {
            action: Action::$action,
            name: $name,
            menu: Menu::$menu,
            shortcuts: &[$($keys),*],
            needs: Needs::$needs,
        }),*),*];
    };
}

table! {
    File {
        Open Nothing "Open…" [ctrl(Key::O)]
        Reload Idle "Reload from disk" [ctrl(Key::R), key(Key::F5)]
        Save Design "Save placement" [ctrl(Key::S)]
        SaveAs Design "Save as…" [ctrl_shift(Key::S)]
        SaveMarkers Design "Save markers…" []
        SaveHeatMap Design "Save heat map…" []
        ExportPicture Design "Export picture…" [ctrl(Key::E)]
        CopyPicture Design "Copy picture" [ctrl_shift(Key::C)]
        Quit Nothing "Quit" [ctrl(Key::Q)]
    }
    Edit {
        Undo Undo "Undo" [ctrl(Key::Z)]
        Redo Redo "Redo" [ctrl(Key::Y), ctrl_shift(Key::Z)]
        SelectAll Design "Select all hard macros" [ctrl(Key::A)]
        Deselect Design "Cancel, deselect" [key(Key::Escape)]
        NextUnderPointer Design "Next object under the pointer" [key(Key::Space)]
        RotateHalf Edit "Turn by 180°" [key(Key::R)]
        MirrorX Edit "Mirror left and right" [key(Key::X)]
        MirrorY Edit "Mirror top and bottom" [key(Key::Y)]
        Lock Lock "Lock or unlock" [key(Key::L)]
        NudgeLeft Edit "Nudge left by a grid cell" [ctrl(Key::ArrowLeft)]
        NudgeRight Edit "Nudge right by a grid cell" [ctrl(Key::ArrowRight)]
        NudgeUp Edit "Nudge up by a grid cell" [ctrl(Key::ArrowUp)]
        NudgeDown Edit "Nudge down by a grid cell" [ctrl(Key::ArrowDown)]
        LegalizeSelection Edit "Legalize selection" [ctrl(Key::L)]
        ClearGroups Design "Clear highlight groups" []
        SetReference Design "Compare the cost with the present one" []
    }
    View {
        Fit Design "Fit canvas" [key(Key::F), key(Key::F2)]
        FitSelection Selection "Fit selection" [shift(Key::F), shift(Key::F2)]
        ZoomIn Design "Zoom in" [key(Key::Z), key(Key::Plus), key(Key::Equals)]
        ZoomOut Design "Zoom out" [shift(Key::Z), key(Key::Minus)]
        PanLeft Design "Pan left" [key(Key::ArrowLeft)]
        PanRight Design "Pan right" [key(Key::ArrowRight)]
        PanUp Design "Pan up" [key(Key::ArrowUp)]
        PanDown Design "Pan down" [key(Key::ArrowDown)]
        Back Design "Previous view" [alt(Key::ArrowLeft)]
        Forward Design "Next view" [alt(Key::ArrowRight)]
        GoTo Design "Go to…" [ctrl(Key::G), shift(Key::G)]
        Find Design "Find…" [ctrl(Key::F)]
        LayersTab Nothing "Layers" []
        HistoryTab Nothing "History" []
        GroupsTab Nothing "Highlight groups" []
        Inspect Nothing "Inspector" [key(Key::Q)]
        CostTab Nothing "Cost" [key(Key::C)]
        MarkersTab Nothing "Markers" [shift(Key::M)]
        HeatTab Nothing "Heat maps" []
        ToolsTab Nothing "Tools" []
        NextHeatMap Design "Next heat map" [key(Key::H)]
        PreviousHeatMap Design "Previous heat map" [shift(Key::H)]
        HeatMapOff Design "No heat map" []
        Flylines Design "Flylines" [shift(Key::L)]
        Bundles Design "Bundled nets" [shift(Key::B)]
        Focus Design "Dim everything else" [key(Key::D)]
        Names Design "Names" [key(Key::N)]
        GridLines Design "Grid" [key(Key::G)]
        Snap Design "Snap to the grid" [shift(Key::S)]
        Ruler Design "Ruler" [key(Key::K)]
        ClearRulers Design "Clear rulers" [shift(Key::K)]
        NextMarker Design "Next marker" [key(Key::CloseBracket)]
        PreviousMarker Design "Previous marker" [key(Key::OpenBracket)]
        LeftPanel Nothing "Left panel" [ctrl(Key::Num1)]
        RightPanel Nothing "Right panel" [ctrl(Key::Num2)]
        ThemeSystem Nothing "Theme of the system" []
        ThemeLight Nothing "Light theme" []
        ThemeDark Nothing "Dark theme" []
        LargerText Nothing "Larger text" [ctrl(Key::Plus), ctrl(Key::Equals)]
        SmallerText Nothing "Smaller text" [ctrl(Key::Minus)]
        NormalText Nothing "Normal text" [ctrl(Key::Num0)]
        FrameTime Nothing "Frame time" [ctrl_shift(Key::D)]
        Reset Nothing "Reset layout and settings" []
    }
    Run {
        Refine Idle "Refine, quick" []
        RefineLong Idle "Refine, a few minutes" []
        Descend Idle "Coordinate descent" []
        SpreadSoft Idle "Place soft macros by forces" []
        Greedy Idle "Place hard macros greedily" []
        Legalize Idle "Legalize" []
        PlaceWithPolicy Idle "Place with the shipped policy" []
        Train Idle "Train on this design" []
        Pause Run "Pause or continue" [ctrl_shift(Key::P)]
        StopAndKeep Run "Stop, keep the best" []
        StopAndDrop Run "Stop, drop the result" []
        ToolsTab Nothing "Tools" []
    }
    Replay {
        OpenRecording Idle "Open recording…" []
        ReplayRun LastRun "Replay the last run" []
        Play Replay "Play or stop" [key(Key::P)]
        NextStep Replay "Next step" [key(Key::Period)]
        PreviousStep Replay "Previous step" [key(Key::Comma)]
        FirstStep Replay "First step" [key(Key::Home)]
        LastStep Replay "Last step" [key(Key::End)]
        Faster Replay "Faster" []
        Slower Replay "Slower" []
        KeepStep Replay "Take this step over" []
        ExportFilm Replay "Export film…" []
        CloseReplay Replay "Close recording" []
    }
    Compare {
        CompareWith Idle "Compare with a file…" []
        CompareWithOpened Idle "Compare with what was opened" []
        CompareTab Nothing "Differences" []
        Blink Compare "Show the other placement" [key(Key::B)]
        SideBySide Compare "Side by side" []
        CloseCompare Compare "Stop comparing" []
    }
    Help {
        Palette Nothing "Command palette" [ctrl(Key::P)]
        CheatSheet Nothing "Shortcuts" [key(Key::Questionmark), key(Key::F1)]
    }
}

/// The row of an action.
pub fn entry(action: Action) -> &'static Entry {
    TABLE.iter().find(|entry| entry.action == action).expect("every action has a row")
}

/// The action whose keys were pressed, if any; keys of disabled actions are left alone.
///
/// Extra modifiers count as another key, except Shift with the keys that need it on some keyboards.
pub fn pressed(input: &egui::InputState, session: Option<&Session>) -> Option<Action> {
    let matches = |shortcut: &KeyboardShortcut, key: Key, held: Modifiers| {
        let loose = matches!(shortcut.logical_key, Key::Questionmark | Key::Plus | Key::Equals);
        let held = if loose { Modifiers { shift: false, ..held } } else { held };
        shortcut.logical_key == key && held.matches_exact(shortcut.modifiers)
    };
    let events = input.events.iter().filter_map(|event| match event {
        egui::Event::Key { key, pressed: true, modifiers, .. } => Some((*key, *modifiers)),
        _ => None,
    });
    let mut events = events;
    events.find_map(|(key, held)| {
        let found = |entry: &&Entry| entry.shortcuts.iter().any(|s| matches(s, key, held));
        let entry = TABLE.iter().find(found)?;
        entry.needs.met(session).then_some(entry.action)
    })
}

/// The group whose digit was pressed, 0 to 7.
pub fn group_pressed(input: &egui::InputState) -> Option<usize> {
    const DIGITS: [Key; 8] =
        [Key::Num1, Key::Num2, Key::Num3, Key::Num4, Key::Num5, Key::Num6, Key::Num7, Key::Num8];
    let plain = input.modifiers.is_none();
    DIGITS.iter().position(|&key| plain && input.key_pressed(key))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn no_key_means_two_things() {
        let mut seen = HashSet::new();
        let mut actions = HashSet::new();
        for entry in TABLE {
            if !actions.insert(entry.action) {
                // A row that repeats an action in another menu.
                continue;
            }
            for shortcut in entry.shortcuts {
                assert!(seen.insert(*shortcut), "{shortcut:?} of {:?}", entry.name);
            }
        }
    }
}
