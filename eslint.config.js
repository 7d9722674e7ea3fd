import tseslint from 'typescript-eslint';

const noExportAll = {
  selector: 'ExportAllDeclaration',
  message: 'Name what is exported: what a file offers should be seen in it.',
};
const noExit = {
  selector: "CallExpression[callee.object.name='process'][callee.property.name='exit']",
  message: 'Only src/cli/run-main.ts ends the process: anywhere else it would cut off what others still have to do.',
};

const everywhere = {
  complexity: ['error', 12],
  eqeqeq: ['error', 'always', { null: 'ignore' }],
  'max-lines': ['error', 300],
  'no-restricted-syntax': ['error', noExportAll, noExit],
  '@typescript-eslint/consistent-type-imports': 'error',
  '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
};

const typed = {
  '@typescript-eslint/no-floating-promises': 'error',
  '@typescript-eslint/no-misused-promises': 'error',
  '@typescript-eslint/switch-exhaustiveness-check': ['error', { considerDefaultExhaustiveForUnions: true }],
  '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
  // Types promise more than stored data and libraries keep, and a text is taken apart by code points on purpose.
  '@typescript-eslint/no-unnecessary-condition': 'off',
  '@typescript-eslint/no-misused-spread': 'off',
  // A function that answers with a promise should reject where it would throw.
  '@typescript-eslint/require-await': 'off',
  '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
};

/** Tests pass odd values on purpose, and read answers whose shape they are there to find out. */
const relaxedInTests = {
  '@typescript-eslint/no-non-null-assertion': 'off',
  '@typescript-eslint/no-unsafe-argument': 'off',
  '@typescript-eslint/no-unsafe-assignment': 'off',
  '@typescript-eslint/no-unsafe-member-access': 'off',
  '@typescript-eslint/no-dynamic-delete': 'off',
  '@typescript-eslint/unbound-method': 'off',
};

export default tseslint.config(
  { ignores: ['dist/', 'coverage/', 'diagrams/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  {
    files: ['**/*.{js,cjs,ts}'],
    extends: [tseslint.configs.strict],
    rules: everywhere,
  },
  {
    files: ['src/**/*.ts', 'test/**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: { ...everywhere, ...typed },
  },
  { files: ['test/**/*.ts'], rules: relaxedInTests },
  // Layout is arithmetic over lists whose lengths are known.
  { files: ['src/machines/diagrams/**/*.ts'], rules: { '@typescript-eslint/no-non-null-assertion': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
  { files: ['src/cli/main.ts', 'src/cli/run-main.ts'], rules: { 'no-restricted-syntax': ['error', noExportAll] } },
);
