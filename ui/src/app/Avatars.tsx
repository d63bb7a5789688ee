import { useEffect, useState } from "react";

import { showDialog } from "../workspace/dialogs";
import { Menu, Tooltip } from "../design";
import { useProject } from "../project/project";
import { Avatar, colorStyle } from "../presence/Avatar";
import { usePersonColor } from "../presence/color";
import { follow, stopFollowing, useFollowed } from "../presence/follow";
import { nameOf } from "../presence/names";
import { useColorOf } from "../presence/useColorOf";
import "./people.css";
import { useOthers } from "../presence/useOthers";
import type { Other } from "../presence/useOthers";

/** So many others stand in the title bar; the rest is in a menu. */
const SHOWN = 5;
/** As long as the animation in the style sheet. */
const LEAVING = 200;

/** Everybody who is here: this person first, then the others, each a button that follows them. */
export function Avatars() {
  const user = useProject()?.user;
  const others = useOthers();
  const leaving = useLeaving(others);
  const followed = useFollowed();
  const colorOf = usePersonColor();
  const shownIn = useColorOf();
  const shown = others.length > SHOWN ? others.slice(0, SHOWN - 1) : others;
  const rest = others.slice(shown.length);
  if (!user) return null;
  return (
    <div className="avatars" role="group" aria-label="People">
      <Tooltip text={`${nameOf(user)} (you)`}>
        <button
          type="button"
          className="avatar-button"
          style={colorStyle(colorOf(shownIn(user)))}
          aria-label={`You are ${nameOf(user)}. Change name and colour`}
          onClick={() => showDialog("person")}
        >
          <Avatar name={user.name} color={colorOf(shownIn(user))} />
        </button>
      </Tooltip>
      {shown.map((other) => (
        <FollowButton key={other.replica} other={other} followed={other.replica === followed} />
      ))}
      {leaving.map(({ replica, person, color }) => (
        <span key={replica} className="avatar-leaving">
          <Avatar name={person.name} color={color} />
        </span>
      ))}
      {rest.length > 0 && <Rest people={rest} followed={followed} />}
    </div>
  );
}

function FollowButton({ other, followed }: { other: Other; followed: boolean }) {
  const { replica, person, name, color } = other;
  return (
    <Tooltip
      text={
        <span className="avatar-tip">
          <b>{name}</b>
          <span>{whereIs(other)}</span>
          <span className="avatar-tip-hint">{hintOf(other, followed)}</span>
        </span>
      }
    >
      <button
        type="button"
        className="avatar-button"
        style={colorStyle(color)}
        aria-pressed={followed}
        aria-disabled={other.followsYou && !followed}
        aria-label={`Follow ${name}, ${whereIs(other)}`}
        onClick={() => toggle(replica, followed)}
      >
        <Avatar name={person.name} color={color} />
      </button>
    </Tooltip>
  );
}

function Rest({ people, followed }: { people: readonly Other[]; followed: string | null }) {
  return (
    <Menu
      align="end"
      trigger={
        <button type="button" className="avatar-rest" aria-label={`${people.length} more people`}>
          +{people.length}
        </button>
      }
      entries={[
        { kind: "label", label: "Follow" },
        ...people.map((other) => ({
          kind: "choice" as const,
          label: `${other.name} · ${whereIs(other)}`,
          checked: other.replica === followed,
          run: () => toggle(other.replica, other.replica === followed),
        })),
      ]}
    />
  );
}

function toggle(replica: string, followed: boolean): void {
  if (followed) stopFollowing();
  else follow(replica);
}

function hintOf({ followsYou }: Other, followed: boolean): string {
  if (followed) return "Click to stop following";
  return followsYou ? "You lead the way" : "Click to follow";
}

function whereIs({ where, followsYou }: Other): string {
  const place = where === undefined ? "in no document" : `in ${where}`;
  return followsYou ? `${place}, follows you` : place;
}

/** Who has just left, while their avatar fades. */
function useLeaving(others: readonly Other[]): readonly Other[] {
  const [state, setState] = useState<{ others: readonly Other[]; leaving: readonly Other[] }>({
    others,
    leaving: [],
  });
  if (state.others !== others) {
    const here = new Set(others.map(({ replica }) => replica));
    const gone = [...state.leaving, ...state.others].filter(({ replica }) => !here.has(replica));
    setState({ others, leaving: gone });
  }
  const { leaving } = state;
  useEffect(() => {
    if (leaving.length === 0) return undefined;
    const timer = setTimeout(() => setState((now) => ({ ...now, leaving: [] })), LEAVING);
    return () => clearTimeout(timer);
  }, [leaving]);
  return leaving;
}
