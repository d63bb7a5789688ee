import { useEffect } from "react";

import { registerCommands } from "../workspace/commands";
import { Kbd } from "../design";
import { useAnnouncements } from "../presence/announcements";
import { colorStyle } from "../presence/Avatar";
import { follow, stopFollowing, useFollowed } from "../presence/follow";
import { useOther, useOthers } from "../presence/useOthers";
import type { Other } from "../presence/useOthers";
import "./people.css";

/** Around everything while somebody is followed, in their colour; besides, the commands and words of presence. */
export function FollowFrame() {
  const others = useOthers();
  const followed = useOther(useFollowed());
  useFollowCommands(others, followed);
  return (
    <>
      {followed && (
        <div className="follow-frame" style={colorStyle(followed.color)}>
          <div className="follow-words">
            <span className="follow-name">Following {followed.name}</span>
            <button type="button" onClick={stopFollowing}>
              <Kbd keys="Esc" /> to stop
            </button>
          </div>
        </div>
      )}
      <Announcements />
    </>
  );
}

function Announcements() {
  const latest = useAnnouncements();
  return (
    <div className="ui-hidden" role="log" aria-live="polite" aria-label="People">
      {latest.map(({ id, text }) => (
        <p key={id}>{text}</p>
      ))}
    </div>
  );
}

function useFollowCommands(others: readonly Other[], followed: Other | undefined): void {
  useEffect(
    () =>
      registerCommands(
        others
          .filter(({ replica, followsYou }) => replica !== followed?.replica && !followsYou)
          .map(({ replica, name }) => ({
            id: `presence.follow.${replica}`,
            title: `Follow ${name}`,
            run: () => follow(replica),
          })),
      ),
    [others, followed],
  );
  const name = followed?.name;
  useEffect(() => {
    if (name === undefined) return undefined;
    return registerCommands([
      {
        id: "presence.stop",
        title: `Stop following ${name}`,
        shortcut: "Escape",
        run: stopFollowing,
      },
    ]);
  }, [name]);
}
