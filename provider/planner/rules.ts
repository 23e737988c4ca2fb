import type { Operation, SyncType } from "../model/relationship";
import { copyOperationRules } from "./copyOperations";
import { type OperationRule, operationRules } from "./operations";
import { requestedOperationRules } from "./requestedOperations";

/** A row of the table with the operation that it is of. */
export type NamedRule = OperationRule & { readonly operation: Operation };

const named = (rules: Partial<Record<Operation, OperationRule>>): readonly NamedRule[] =>
	Object.entries(rules).map(([operation, rule]) => ({ ...rule, operation: operation as Operation }));

const mirrorRules = named(operationRules);
const mirrorRulesOnRequest = [...mirrorRules, ...named(requestedOperationRules)];
const copyRules = named(copyOperationRules);

/** The rows that plans for a kind of relationship are made of. */
export function rulesOf(kind: SyncType): readonly NamedRule[] {
	return kind === "Mirror" ? mirrorRules : copyRules;
}

/** One row, also of those that are there on request alone; `undefined`: this kind knows no such operation. */
export function ruleFor(operation: Operation, kind: SyncType): NamedRule | undefined {
	return (kind === "Mirror" ? mirrorRulesOnRequest : copyRules).find((rule) => rule.operation === operation);
}
