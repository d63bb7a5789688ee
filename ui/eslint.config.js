import js from "@eslint/js";
import reactHooks from "eslint-plugin-react-hooks";
import tseslint from "typescript-eslint";

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
  { files: ["src/ipc/**/*.{ts,tsx}"], rules: { "no-restricted-imports": "off" } },
  {
    files: ["**/*.test.{ts,tsx}", "src/testing/**"],
    rules: { "@typescript-eslint/no-non-null-assertion": "off" },
  },
);
