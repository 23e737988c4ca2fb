/** Ids are compared as Windows does: ordinal, ignoring case. */
export function fold(id: string): string {
	return id.toUpperCase();
}

export function addTo<T>(groups: Map<string, Set<T>>, key: string, values: Iterable<T>): void {
	const group = groups.get(key) ?? new Set();
	for (const value of values) group.add(value);
	if (group.size > 0) groups.set(key, group);
}
