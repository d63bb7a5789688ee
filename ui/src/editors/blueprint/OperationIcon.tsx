/** The sign in a node's header: of its operation where it has a familiar one, else of its family. */

import {
  Box,
  Braces,
  Bug,
  CircleHelp,
  Clapperboard,
  Clock,
  Crosshair,
  Diamond,
  Dices,
  Divide,
  Equal,
  GitFork,
  type LucideIcon,
  ListOrdered,
  Minus,
  MousePointerClick,
  Pause,
  Play,
  Plus,
  Radio,
  Repeat,
  Send,
  Shuffle,
  Sigma,
  Split,
  Timer,
  X,
  Zap,
} from "lucide-react";

import type { IconProps } from "../../graph/language";

const OPERATIONS: Record<string, LucideIcon> = {
  "event/onStart": Play,
  "event/onTick": Timer,
  "event/onSelect": MousePointerClick,
  "event/send": Send,
  "event/receive": Radio,
  "flow/branch": Split,
  "flow/sequence": ListOrdered,
  "flow/for": Repeat,
  "flow/while": Repeat,
  "flow/setDelay": Clock,
  "flow/cancelDelay": Clock,
  "math/add": Plus,
  "math/sub": Minus,
  "math/mul": X,
  "math/div": Divide,
  "math/eq": Equal,
  "math/random": Dices,
  "animation/start": Play,
  "animation/stop": Pause,
};

const FAMILIES: Record<string, LucideIcon> = {
  event: Zap,
  flow: GitFork,
  math: Sigma,
  pointer: Crosshair,
  variable: Box,
  animation: Clapperboard,
  type: Shuffle,
  debug: Bug,
  custom: Braces,
};

export function OperationIcon({ op, family, known, size }: IconProps) {
  const Icon = known ? (OPERATIONS[op] ?? FAMILIES[family] ?? Diamond) : CircleHelp;
  return <Icon size={size} aria-hidden="true" />;
}
