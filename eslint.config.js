import eslint from '@eslint/js'
import tseslint from 'typescript-eslint'

/** Executables of their own, and where the environment of the commands that the demo runs is made. */
const demoProcesses = ['src/demo/**/*process.ts', 'src/demo/command.ts']

const outsideOfTheMachine = ['process', 'performance', 'setTimeout', 'setInterval', 'setImmediate', 'queueMicrotask']

export default tseslint.config(
  { ignores: ['dist/', 'node_modules/', '.dependency-cruiser.cjs'] },
  eslint.configs.recommended,
  {
    files: ['**/*.ts', '**/*.tsx'],
    extends: [...tseslint.configs.recommendedTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
      '@typescript-eslint/require-await': 'off',
      'no-control-regex': 'off',
    },
  },
  {
    // The environment and the exit belong to the edge: bin, the CLI and the loading of configuration.
    files: ['src/**/*.{ts,tsx}', 'commands/**/*.ts'],
    ignores: ['src/cli/**', 'src/policy/config/**', ...demoProcesses],
    rules: {
      'no-restricted-properties': [
        'error',
        {
          object: 'process',
          property: 'env',
          message: 'Read the environment in bin, src/cli or configuration loading.',
        },
        { object: 'process', property: 'exit', message: 'Exit only in bin and src/cli.' },
      ],
      'no-restricted-imports': ['error', { name: 'node:process', message: 'Use the global: its uses are restricted.' }],
    },
  },
  {
    files: ['src/**/*.{ts,tsx}', 'commands/**/*.ts'],
    ignores: ['src/cli/**', 'src/demo/**'],
    rules: { 'no-console': 'error' },
  },
  {
    // The relay's machine has no time, no promise and no process: whoever drives it has.
    files: ['src/gateway/relay/machine/**/*.ts'],
    rules: {
      'no-restricted-globals': ['error', ...outsideOfTheMachine],
      'no-restricted-syntax': [
        'error',
        { selector: 'AwaitExpression, :function[async=true]', message: 'Suspend, and let the pump wait.' },
        { selector: '[callee.name="Promise"], [object.name="Promise"]', message: 'Suspend, and let the pump wait.' },
      ],
    },
  },
  {
    files: ['bin/**/*.js'],
    languageOptions: { globals: { process: 'readonly', console: 'readonly', URL: 'readonly' } },
  },
)
