import { isOn, optionsOf } from '../copy-options.js'
import { all, type Fields } from '../tree.js'
import { setStatement } from './set-details.js'

/** `OBJECT_FOREIGN_TABLE` → `foreign table` */
const objectWord = (type: unknown): string => {
  const word = String(type)
    .replace(/^OBJECT_/, '')
    .replaceAll('_', ' ')
    .toLowerCase()
  return word === 'matview' ? 'materialized view' : word === 'foreign server' ? 'server' : word
}

const create: Readonly<Record<string, string>> = {
  ...{ CreateStmt: 'table', IndexStmt: 'index', ViewStmt: 'view', CreateTrigStmt: 'trigger', RuleStmt: 'rule' },
  ...{ CreatePolicyStmt: 'policy', CreateSchemaStmt: 'schema', CreateExtensionStmt: 'extension' },
  ...{ CreateRoleStmt: 'role', CreatedbStmt: 'database', CreateForeignServerStmt: 'server' },
  ...{ CreateForeignTableStmt: 'foreign table', CreatePublicationStmt: 'publication' },
  ...{ CreateSubscriptionStmt: 'subscription', CreateEventTrigStmt: 'event trigger', CreatePLangStmt: 'language' },
  ...{ CreateSeqStmt: 'sequence', CreateUserMappingStmt: 'user mapping', CreateTableSpaceStmt: 'tablespace' },
}

const alter: Readonly<Record<string, string>> = {
  ...{ AlterSystemStmt: 'system', AlterRoleStmt: 'role', AlterRoleSetStmt: 'role', AlterDatabaseStmt: 'database' },
  ...{ AlterDatabaseSetStmt: 'database', AlterExtensionStmt: 'extension', AlterExtensionContentsStmt: 'extension' },
  ...{ AlterFunctionStmt: 'function', AlterDefaultPrivilegesStmt: 'default privileges', AlterPolicyStmt: 'policy' },
  ...{ AlterPublicationStmt: 'publication', AlterSubscriptionStmt: 'subscription', AlterSeqStmt: 'sequence' },
  ...{ AlterForeignServerStmt: 'server', AlterUserMappingStmt: 'user mapping', AlterEventTrigStmt: 'event trigger' },
}

const drop: Readonly<Record<string, string>> = {
  ...{ DropdbStmt: 'database', DropRoleStmt: 'role', DropOwnedStmt: 'owned', DropSubscriptionStmt: 'subscription' },
  ...{ DropTableSpaceStmt: 'tablespace', DropUserMappingStmt: 'user mapping' },
}

const tableCommands: Readonly<Record<string, string>> = {
  ...{
    AT_DropColumn: 'drop column',
    AT_DropConstraint: 'drop constraint',
    AT_DisableRowSecurity: 'disable row security',
  },
  ...{ AT_NoForceRowSecurity: 'disable row security', AT_DisableTrig: 'disable trigger' },
  ...{ AT_DisableTrigAll: 'disable trigger', AT_DisableTrigUser: 'disable trigger', AT_DisableRule: 'disable trigger' },
  ...{ AT_AlterColumnType: 'alter column type', AT_SetLogged: 'rewrite table', AT_SetUnLogged: 'rewrite table' },
  AT_ChangeOwner: 'change owner',
}

/** The weakest lock that writers can't take their own beside. @see PostgreSQL source, lockdefs.h */
const SHARE = 5

const special: Readonly<Record<string, (fields: Fields) => readonly string[]>> = {
  CreateTableAsStmt: ({ objtype }) => [`create ${objectWord(objtype)}`],
  CreateFunctionStmt: ({ is_procedure: procedure }) => [procedure === true ? 'create procedure' : 'create function'],
  DefineStmt: ({ kind }) => [`create ${objectWord(kind)}`],
  AlterTableStmt: ({ objtype, cmds }) => [
    `alter ${objectWord(objtype)}`,
    ...all(cmds, 'AlterTableCmd').flatMap(({ subtype }) => tableCommands[String(subtype)] ?? []),
  ],
  AlterOwnerStmt: ({ objectType }) => [`alter ${objectWord(objectType)}`, 'change owner'],
  RenameStmt: ({ renameType, relationType }) =>
    [renameType, relationType]
      .filter((type) => type !== 'OBJECT_ACCESS_METHOD')
      .map((type) => `alter ${objectWord(type)}`),
  AlterObjectSchemaStmt: ({ objectType }) => [`alter ${objectWord(objectType)}`],
  DropStmt: ({ removeType }) => [`drop ${objectWord(removeType)}`],
  GrantRoleStmt: ({ is_grant: grants }) => [grants === true ? 'grant role' : 'revoke role'],
  CopyStmt: ({ is_from: from, is_program: program, filename }) => [
    from === true ? 'copy from' : 'copy to',
    ...(program === true ? ['copy program'] : filename === undefined ? [] : ['copy file']),
  ],
  VacuumStmt: (fields) =>
    optionsOf(fields).some((option) => option.name === 'full' && isOn(option)) ? ['vacuum full'] : [],
  // SHARE and stronger modes wait for writers, and make them wait.
  LockStmt: ({ mode }) => ['lock table', ...(typeof mode === 'number' && mode < SHARE ? [] : ['lock out writers'])],
  ExplainStmt: (fields) =>
    optionsOf(fields).some((option) => option.name === 'analyze' && isOn(option)) ? ['explain analyze'] : [],
  VariableSetStmt: setStatement,
}

const worded = (verb: string, word: string | undefined): readonly string[] =>
  word === undefined ? [] : [`${verb} ${word}`]

/** What a statement is beyond its kind, in two or three words: `drop table`, `copy program`, `vacuum full`. */
export const detailedKinds = (type: string, fields: Fields): readonly string[] =>
  special[type]?.(fields) ?? [
    ...worded('create', create[type]),
    ...worded('alter', alter[type]),
    ...worded('drop', drop[type]),
  ]
