/** The keys of a JSON value, a line each with the types of what is there: what others read of it, and no more of its content. */
export function shapeOf(value: unknown): string {
	const types = new Map<string, Set<string>>();
	note(value, "", types);
	return [...types]
		.map(([path, seen]) => `${path || "."}: ${[...seen].sort().join(" | ")}\n`)
		.sort()
		.join("");
}

function note(value: unknown, path: string, types: Map<string, Set<string>>): void {
	const type = Array.isArray(value) ? "array" : value === null ? "null" : typeof value;
	types.set(path, (types.get(path) ?? new Set()).add(type));
	if (Array.isArray(value)) for (const item of value) note(item, `${path}[]`, types);
	else if (type === "object")
		for (const [key, item] of Object.entries(value as object)) note(item, `${path}.${key}`, types);
}
