import type * as z from "zod";

type RawIssue = Parameters<z.core.$ZodErrorMap>[0];

/**
 * The one wording of what is wrong with a value that a schema refused: `schema.safeParse(value, inOurWords)`. A schema
 * that words a rule itself has the first say. Values are never shown: configuration may hold secrets.
 */
export const inOurWords = { error: describeIssue } as const;

/** A thousand rows of which each has the same mistake are told by the first ones. */
const maxIssues = 5;

/** The mistakes in one line, each with its path below `prefix`; `whole` names the value itself. */
export function describeIssues({ issues }: z.core.$ZodError, whole: string, ...prefix: readonly string[]): string {
	const texts = issues
		.slice(0, maxIssues)
		.map(({ path, message }) => `${[...prefix, ...path.map(String)].join(".") || whole}: ${message}`);
	return [...texts, ...(issues.length > maxIssues ? [`and ${issues.length - maxIssues} more`] : [])].join("; ");
}

function describeIssue(issue: RawIssue): string {
	if (issue.code === "unrecognized_keys") {
		return `there is no field ${issue.keys.map((key) => JSON.stringify(key)).join(", ")} here`;
	}
	return `${issue.input === undefined ? "is missing; expected" : "expected"} ${expectationOf(issue)}`;
}

function expectationOf(issue: Exclude<RawIssue, { code: "unrecognized_keys" }>): string {
	switch (issue.code) {
		case "invalid_type":
			return kinds[issue.expected] ?? `a value of type ${issue.expected}`;
		case "invalid_value":
			return oneOf(issue.values);
		case "too_small":
			if (issue.origin === "string") return "text that is not empty";
			return `${issue.inclusive === false ? "more than" : "at least"} ${issue.minimum}${entries(issue.origin)}`;
		case "too_big":
			return `${issue.inclusive === false ? "less than" : "at most"} ${issue.maximum}${entries(issue.origin)}`;
		case "invalid_union":
			if ("options" in issue && Array.isArray(issue.options)) return oneOf(issue.options);
			return "one of the forms that are allowed here";
		case "not_multiple_of":
			return `a multiple of ${issue.divisor}`;
		case "invalid_format":
			return `text of the form ${issue.format}`;
		case "invalid_key":
		case "invalid_element":
		case "custom":
			return "another value";
		default:
			return issue satisfies never;
	}
}

const kinds: Readonly<Record<string, string>> = {
	string: "text",
	number: "a number",
	int: "a whole number",
	boolean: "true or false",
	array: "a list",
	object: "an object",
	record: "an object",
};

function oneOf(values: readonly unknown[]): string {
	const texts = values.map((value) => (typeof value === "string" ? JSON.stringify(value) : String(value)));
	return texts.length === 1 ? `${texts[0]}` : `one of ${texts.join(", ")}`;
}

function entries(origin: string): string {
	if (origin === "array" || origin === "set") return " entries";
	return origin === "string" ? " characters" : "";
}
