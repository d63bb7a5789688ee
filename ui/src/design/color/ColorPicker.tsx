import { Pipette } from "lucide-react";
import { useEffect, useRef, useState } from "react";

import { IconButton } from "../Button";
import { NumberField } from "../NumberField";
import { TextField } from "../TextField";
import { colorProblem, hexFromHsv, hsvFromHex, parseHexColor } from "./hsv";
import type { Hsv } from "./hsv";
import { rememberColor, useRecentColors } from "./recent";
import { useSlide } from "./useSlide";
import "./color.css";

interface ColorPickerProps {
  label: string;
  /** `#rrggbb`; undefined stands for several values at once. */
  value: string | undefined;
  /** Called once for each gesture: a drag let go, keys released, a number typed, a swatch pressed. */
  onCommit: (color: string) => void;
}

/** There to begin with, before anything was chosen. */
const BASIC = [
  "#ffffff",
  "#9aa3ae",
  "#3a424e",
  "#000000",
  "#e5605e",
  "#ff9f5b",
  "#f2c14e",
  "#9bd14f",
  "#4cc38a",
  "#3ec9c9",
  "#5b9dff",
  "#b58bff",
];
const NEUTRAL = "#808080";

/** A colour by hue, saturation and value, as text, from swatches, or from the screen. */
export function ColorPicker({ label, value, onCommit }: ColorPickerProps) {
  const [hsv, setHsv] = useState(() => hsvFromHex(value ?? NEUTRAL));
  const [known, setKnown] = useState(value);
  // Another colour came from outside. Black and greys keep the hue one was at.
  if (value !== known) {
    setKnown(value);
    if (value !== undefined && value !== hexFromHsv(hsv)) setHsv(hsvFromHex(value, hsv.h, hsv.s));
  }
  const latest = useRef(hsv);
  useEffect(() => {
    latest.current = hsv;
  }, [hsv]);
  const change = (part: Partial<Hsv>) => {
    latest.current = { ...latest.current, ...part };
    setHsv(latest.current);
  };
  const commit = () => give(hexFromHsv(latest.current));
  const give = (color: string) => {
    rememberColor(color);
    if (color !== value) onCommit(color);
  };
  const choose = (color: string) => {
    change(hsvFromHex(color, hsv.h, hsv.s));
    give(color);
  };
  const part = (name: keyof Hsv, next: number) => {
    change({ [name]: next });
    commit();
  };

  const percent = (share: number) => Math.round(share * 100);
  const hex = hexFromHsv(hsv);
  const area = useSlide({
    onMove: (x, y) => change({ s: x, v: 1 - y }),
    onStep: (right, down) =>
      change({
        s: within(percent(latest.current.s) + right, 100) / 100,
        v: within(percent(latest.current.v) - down, 100) / 100,
      }),
    onEnd: commit,
  });
  const hue = useSlide({
    onMove: (x) => change({ h: x * 360 }),
    onStep: (right, down) => change({ h: within(latest.current.h + right - down, 360) }),
    onEnd: commit,
  });
  return (
    <div className="ui-picker" role="group" aria-label={label}>
      <div
        {...area}
        className="ui-picker-area"
        role="slider"
        aria-label="Saturation and value"
        aria-valuenow={percent(hsv.s)}
        aria-valuetext={`Saturation ${percent(hsv.s)} %, value ${percent(hsv.v)} %`}
        style={{ backgroundColor: hexFromHsv({ h: hsv.h, s: 1, v: 1 }) }}
      >
        <span
          className="ui-picker-handle"
          style={{ left: `${hsv.s * 100}%`, top: `${(1 - hsv.v) * 100}%`, background: hex }}
        />
      </div>
      <div
        {...hue}
        className="ui-picker-hue"
        role="slider"
        aria-label="Hue"
        aria-valuemin={0}
        aria-valuemax={360}
        aria-valuenow={Math.round(hsv.h)}
        aria-valuetext={`${Math.round(hsv.h)}°`}
      >
        <span
          className="ui-picker-handle"
          style={{ left: `${hsv.h / 3.6}%`, top: "50%", background: hexFromHsv({ h: hsv.h, s: 1, v: 1 }) }}
        />
      </div>
      <div className="ui-picker-line">
        <Part
          name="H"
          label="Hue"
          most={360}
          value={Math.round(hsv.h)}
          onCommit={(next) => part("h", next)}
        />
        <Part
          name="S"
          label="Saturation %"
          most={100}
          value={percent(hsv.s)}
          onCommit={(next) => part("s", next / 100)}
        />
        <Part
          name="V"
          label="Value %"
          most={100}
          value={percent(hsv.v)}
          onCommit={(next) => part("v", next / 100)}
        />
      </div>
      <div className="ui-picker-line">
        <TextField
          mono
          label="Hex"
          value={hex}
          problemOf={colorProblem}
          onCommit={(text) => {
            const color = parseHexColor(text);
            if (color !== undefined) choose(color);
          }}
        />
        <FromScreen value={hex} onPick={choose} />
      </div>
      <Swatches current={hex} onChoose={choose} />
    </div>
  );
}

interface PartProps {
  name: string;
  label: string;
  most: number;
  value: number;
  onCommit: (value: number) => void;
}

function Part({ name, label, most, value, onCommit }: PartProps) {
  return (
    <label className="ui-picker-part">
      <span aria-hidden>{name}</span>
      <NumberField integer label={label} min={0} max={most} value={value} onCommit={onCommit} />
    </label>
  );
}

function Swatches({ current, onChoose }: { current: string; onChoose: (color: string) => void }) {
  const recent = useRecentColors();
  const colors = [...recent, ...BASIC.filter((color) => !recent.includes(color))].slice(0, 2 * BASIC.length);
  return (
    <div className="ui-picker-swatches" role="group" aria-label="Swatches">
      {colors.map((color) => (
        <button
          key={color}
          type="button"
          className="ui-swatch"
          aria-label={color}
          aria-pressed={color === current}
          style={{ background: color }}
          onClick={() => onChoose(color)}
        />
      ))}
    </div>
  );
}

interface EyeDropper {
  open: () => Promise<{ sRGBHex: string }>;
}

/** Takes a colour from anywhere on the screen: with the web view's own tool, or that in the system's dialog. */
function FromScreen({ value, onPick }: { value: string; onPick: (color: string) => void }) {
  const dialog = useRef<HTMLInputElement>(null);
  const pick = useRef(onPick);
  useEffect(() => {
    pick.current = onPick;
  });
  useEffect(() => {
    // React's onChange fires for every colour passed over; the native event fires once, when the dialog closes.
    const input = dialog.current;
    const onChange = () => input && pick.current(input.value);
    input?.addEventListener("change", onChange);
    return () => input?.removeEventListener("change", onChange);
  }, []);
  const open = () => {
    const Dropper = (window as { EyeDropper?: new () => EyeDropper }).EyeDropper;
    if (!Dropper) {
      if (dialog.current) dialog.current.value = value;
      dialog.current?.click();
      return;
    }
    new Dropper().open().then(
      ({ sRGBHex }) => onPick(parseHexColor(sRGBHex) ?? value),
      // Escape was pressed.
      () => undefined,
    );
  };
  return (
    <>
      <IconButton label="Pick from the screen…" onClick={open}>
        <Pipette size={14} />
      </IconButton>
      <input ref={dialog} type="color" className="ui-hidden" tabIndex={-1} aria-hidden defaultValue={value} />
    </>
  );
}

function within(value: number, most: number): number {
  return Math.min(most, Math.max(0, value));
}
