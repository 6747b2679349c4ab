"""The errors that people see when Majlis cannot start.

StartError
├── SettingsError          app.settings           the environment is wrong or incomplete
├── EmbeddedPostgresError  app.embedded_postgres  the embedded server cannot run here
├── DatabaseUnfit          app.database           the server at DATABASE_URL lacks something
├── SellerUnfit            app.seller             data/seller.yml is wrong or incomplete
├── ModelError             app.model              there is no trained model
├── UpError                app.up                 something else is in the way of `majlis up`
├── StackError             app.sandbox_stack      a sandbox of one's own did not start, or ended
├── PersonUnknown          app.person             nobody is known by the number given
├── PersonIsManager        app.erase              the manager's chat is no customer's
├── PersonBusy             app.erase              a person's chat is held by somebody
├── ExportExists           app.export             the file to write is there already
├── ExportUnwritable       app.export             the file cannot be written
├── ReportUnwritable       app.report             the report's file cannot be written
├── SyncFailed             app.sync               `majlis sync` changed nothing
├── ConversationsError     app.conversations      conversation tests that cannot be played
└── JudgeMissing           app.evaluate           `--judge` without a model to ask

Trying again does not help; each message says what does. The command line prints it without a trace.
"""

from __future__ import annotations


class StartError(Exception):
    """Majlis cannot start; the message names the cause and the mend."""
