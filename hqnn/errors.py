"""The errors of hqnn. Each message is one sentence."""


class HqnnError(Exception):
    """An error that the user can fix. Its message is one sentence that says how."""


class EngineError(HqnnError):
    """An engine cannot run here and now. The message is one sentence that says why."""


class ConfigError(HqnnError, ValueError):
    """An invalid setting. The message names the setting, the rule and the value."""


class RunFileError(HqnnError, ValueError):
    """A file is not a complete run. The message says what is wrong with it."""
