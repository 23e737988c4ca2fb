import { plannedOperations } from "../../provider/planner/operations";

/** Which operations arrived in which states under which faults: what was never reached was never judged. */
export class Reached {
	private readonly byState = new Map<string, number>();
	private readonly byFault = new Map<string, number>();

	note(operation: string, copyState: string, faults: string): void {
		count(this.byState, `${operation}\t${copyState}`);
		for (const fault of faults.split("+")) count(this.byFault, `${operation}\t${fault}`);
	}

	/** Two tables, operations × states and operations × faults, with the holes named. */
	lines(): string[] {
		return [...table("operation × state", this.byState), "", ...table("operation × fault", this.byFault)];
	}
}

function count(counts: Map<string, number>, key: string): void {
	counts.set(key, (counts.get(key) ?? 0) + 1);
}

function table(title: string, counts: ReadonlyMap<string, number>): string[] {
	const columns = [...new Set([...counts.keys()].map((key) => key.split("\t")[1] ?? ""))].sort();
	const operations = ["CreateReplica", ...plannedOperations];
	const rows = operations.map((operation) => {
		const met = columns.flatMap((column) => {
			const times = counts.get(`${operation}\t${column}`);
			return times === undefined ? [] : [`${column} ${times}`];
		});
		const holes = columns.filter((column) => !counts.has(`${operation}\t${column}`));
		return `${operation}: ${met.length === 0 ? "never" : met.join(", ")}${holes.length === 0 ? "" : ` | not: ${holes.join(", ")}`}`;
	});
	return [title, ...rows];
}
