import type { CSSProperties } from "react";

import type { PersonColor } from "./color";
import { initials, listed } from "./names";
import { useOthers } from "./useOthers";
import type { Other } from "./useOthers";
import "./presence.css";

interface AvatarProps {
  name: string;
  color: PersonColor;
  size?: "small" | "normal";
}

/** A person as initials in their colour; whoever shows it says the name besides. */
export function Avatar({ name, color, size = "normal" }: AvatarProps) {
  return (
    <span
      className="avatar"
      data-size={size}
      data-initials={initials(name)}
      style={colorStyle(color)}
      aria-hidden
    />
  );
}

/** The colours as properties, for the style sheet. */
export function colorStyle({ line, fill, ink }: PersonColor): CSSProperties {
  return { "--person": line, "--person-fill": fill, "--person-ink": ink } as CSSProperties;
}

/** So many avatars stand in a row before the rest becomes a number. */
const MOST = 3;

interface AvatarRowProps {
  people: readonly Other[];
  /** What these people do there, such as `selected this`. */
  doing: string;
}

/** A few people as small avatars, for rows and tabs. */
export function AvatarRow({ people, doing }: AvatarRowProps) {
  if (people.length === 0) return null;
  const shown = people.length > MOST ? people.slice(0, MOST - 1) : people;
  return (
    <span className="avatar-row" title={`${listed(people.map(({ name }) => name))} ${doing}`}>
      {shown.map(({ replica, person, color }) => (
        <Avatar key={replica} name={person.name} color={color} size="small" />
      ))}
      {shown.length < people.length && (
        <span className="avatar-more" aria-hidden>
          +{people.length - shown.length}
        </span>
      )}
    </span>
  );
}

/** Who looks at a document now. */
export function PeopleIn({ document }: { document: string }) {
  const here = useOthers().filter((other) => other.document === document);
  return <AvatarRow people={here} doing={here.length === 1 ? "is here" : "are here"} />;
}
