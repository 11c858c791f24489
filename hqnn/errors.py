"""What may go wrong, each with a message of one sentence that says what can be done."""


class HqnnError(Exception):
    """What a user can mend: its message is one sentence that says how."""


class EngineError(HqnnError):
    """An engine cannot run here and now: its message is one sentence that says why."""


class ConfigError(HqnnError, ValueError):
    """A setting that cannot be: its message names the setting, the rule and the value."""
