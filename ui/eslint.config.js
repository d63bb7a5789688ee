import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

/** Editors are independent of each other; what they share lies in documents/, design/ and app/. */
const editors = ["blueprint", "scene", "shader", "timeline"];

const onlyIpcKnowsTheShell = {
  group: ["@tauri-apps/*"],
  message: "Only src/ipc/ may talk to the shell: import from src/ipc instead.",
};

export default tseslint.config(
  { ignores: ["dist", "node_modules", "src/ipc/bindings.ts", "src/ipc/records.ts"] },
  js.configs.recommended,
  ...tseslint.configs.strict,
  reactHooks.configs.flat.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "no-restricted-imports": ["error", { patterns: [onlyIpcKnowsTheShell] }],
      "@typescript-eslint/no-non-null-assertion": "error",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", ignoreRestSiblings: true },
      ],
      eqeqeq: ["error", "always"],
    },
  },
  ...editors.map((editor) => ({
    files: [`src/editors/${editor}/**/*.{ts,tsx}`],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            onlyIpcKnowsTheShell,
            {
              group: editors.filter((other) => other !== editor).map((other) => `**/editors/${other}/**`),
              message: "Editors never import each other.",
            },
          ],
        },
      ],
    },
  })),
  { files: ["src/ipc/**/*.{ts,tsx}"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["**/*.test.{ts,tsx}", "src/testing/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
