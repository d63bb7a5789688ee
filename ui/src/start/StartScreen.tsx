import { FileInput, FolderOpen, Link2, Play, Plus, TriangleAlert, X } from "lucide-react";

import { showDialog, showJoin } from "../workspace/dialogs";
import { attempt } from "../workspace/notify";
import { Button, IconButton, RelativeTime } from "../design";
import { removeRecent } from "../ipc/app";
import { openProject, openSample } from "../ipc/project";
import type { Person, RecentProject } from "../ipc/types";
import { openWith, refreshApp, start, useAppInfo, useRefused } from "../project/project";
import { Logo } from "./Logo";
import "./start.css";

/** What one sees without a project. */
export function StartScreen() {
  const app = useAppInfo();
  if (!app) return null;
  return (
    <main className="start">
      <div className="start-sheet">
        <header className="start-header">
          <Logo size={40} />
          <div>
            <h1>WISSIL</h1>
            <p>Build games and interactive scenes. Every edit is kept, on your own disk.</p>
          </div>
        </header>
        <Refused />
        <div className="start-columns">
          <section aria-label="Begin" className="start-actions">
            <Button
              variant="primary"
              size="large"
              icon={<Play size={15} aria-hidden />}
              onClick={() => void attempt(openWith(openSample))}
            >
              Open the sample
            </Button>
            <Button size="large" icon={<Plus size={15} aria-hidden />} onClick={() => showDialog("new")}>
              New project…
            </Button>
            <Button
              size="large"
              icon={<FolderOpen size={15} aria-hidden />}
              onClick={() => showDialog("open")}
            >
              Open…
            </Button>
            <Button
              size="large"
              icon={<FileInput size={15} aria-hidden />}
              onClick={() => showDialog("import")}
            >
              Import .glb / .gltf…
            </Button>
            <Button size="large" icon={<Link2 size={15} aria-hidden />} onClick={() => showJoin()}>
              Open a shared link…
            </Button>
          </section>
          <Recents recents={app.recents} />
        </div>
        <footer className="start-footer">
          <You user={app.user} />
          <span>Version {app.version}</span>
        </footer>
      </div>
    </main>
  );
}

/** Why the project that the window was started with is not open. */
function Refused() {
  const refused = useRefused();
  if (!refused) return null;
  return (
    <div className="start-refused" role="alert">
      <TriangleAlert size={15} aria-hidden />
      <span className="ui-selectable">{refused.message}</span>
      <Button onClick={() => void attempt(start)}>Try again</Button>
    </div>
  );
}

function Recents({ recents }: { recents: readonly RecentProject[] }) {
  return (
    <section aria-labelledby="recents-title" className="start-recents">
      <h2 id="recents-title">Recent projects</h2>
      {recents.length === 0 ? (
        <p className="start-none">Projects you open appear here. The sample is a good first one.</p>
      ) : (
        <ul>
          {recents.map((recent) => (
            <Recent key={recent.path} recent={recent} />
          ))}
        </ul>
      )}
    </section>
  );
}

function Recent({ recent }: { recent: RecentProject }) {
  const remove = async () => {
    await removeRecent(recent.path);
    await refreshApp();
  };
  return (
    <li className="recent" data-missing={recent.exists ? undefined : ""}>
      <button
        type="button"
        className="recent-open"
        disabled={!recent.exists}
        onClick={() => void attempt(openWith(() => openProject(recent.path)))}
      >
        <span className="recent-name">{recent.name}</span>
        <span className="recent-time">
          {recent.exists ? <RelativeTime time={recent.opened} /> : "folder not found"}
        </span>
        <span className="recent-path">{recent.path}</span>
      </button>
      <IconButton label={`Remove ${recent.name} from the list`} onClick={() => void attempt(remove)}>
        <X size={14} />
      </IconButton>
    </li>
  );
}

function You({ user }: { user: Person }) {
  return (
    <Button
      variant="quiet"
      onClick={() => showDialog("person")}
      aria-label={`You are ${user.name}. Change name and colour`}
    >
      <span className="person-dot" style={{ background: user.color }} />
      {user.name}
    </Button>
  );
}
