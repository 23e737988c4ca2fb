import { expect, test } from "vitest";
import { exceptionRows } from "../../provider/hosts/powershell/exceptions";
import { describeWithPowerShell } from "./describeWithPowerShell";
import { eastLink, failureOf, lab } from "./lab";
import type { StandInFault } from "./standIn";

/** One error as Windows may show it. */
interface Face {
	readonly id: string;
	readonly category: string;
	readonly native?: string;
}

const metadata = "MetadataError";

function facesOf({ native, hResults }: (typeof exceptionRows)[number]): Face[] {
	const tail = "Microsoft.Management.Infrastructure.CimCmdlets.InvokeCimMethodCommand";
	const faces: Face[] = hResults.map((hResult) => ({ id: `HRESULT 0x${hResult},${tail}`, category: metadata }));
	if (native === null) return faces;
	const [name, number] = native;
	return [
		...faces,
		{ id: `MI RESULT ${number},${tail}`, category: "NotSpecified" },
		{ id: `MiClientApiError_${name},${tail}`, category: metadata },
		{ id: `Anything,${tail}`, category: "NotSpecified", native: name },
	];
}

describeWithPowerShell("exceptions of a call", () => {
	test("a refusal in any of its faces is its return code, and what was not sent is no cut-off call", async () => {
		const { host, standIn } = lab();
		const { diskObjectId, peerUniqueId } = await eastLink(host);
		const ending = async (face: Face) => {
			const fault: StandInFault = { on: "SetReplicationRelationship", times: 1, kind: "error", message: "no", ...face };
			standIn.change((state) => {
				state.faults = [fault];
			});
			const call = { operation: 22, diskObjectId, peerUniqueId, madePeer: null };
			return host.setReplicationRelationship(call).then(
				({ returnCode }) => returnCode,
				(error) => error.message as string,
			);
		};
		for (const row of exceptionRows) {
			for (const face of facesOf(row)) {
				const end = await ending(face);
				if (row.meaning.means === "refused") expect(end, face.id).toBe(row.meaning.returnCode);
				else expect(end, face.id).toMatch(/SR4001.*nothing was sent/s);
			}
		}
		expect(await ending({ id: "Unheard", category: "PermissionDenied" })).toBe(40001);
	});

	test.each([
		["a line that broke", { id: "HRESULT 0x80338029", category: "ConnectionError" }],
		["a server that went away", { id: "HRESULT 0x800706ba", category: "NotSpecified" }],
		["a time-out", { id: "HRESULT 0x00040004", category: "OperationTimeout" }],
		["a general failure", { id: "MI RESULT 1", category: "NotSpecified", native: "Failed" }],
		["a number that only looks like one", { id: "MI RESULT 21", category: "NotSpecified" }],
	] as const)("%s may have had its effect", async (_name, face) => {
		const { host, standIn } = lab();
		const link = await eastLink(host);
		standIn.change((state) => {
			state.faults = [{ on: "SetReplicationRelationship", times: 1, kind: "error", message: "no", ...face }];
		});
		const error = await failureOf(host.setReplicationRelationship({ operation: 22, ...link, madePeer: null }));
		expect(error).toMatchObject({ name: "CallCutOff", code: "SR4002" });
	});
});
