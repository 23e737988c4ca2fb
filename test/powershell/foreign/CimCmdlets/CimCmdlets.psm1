# Somebody else's idea of the CIM cmdlets, as unlike ours as the contract allows: hashtables for instances, single
# objects for lists, references as whole instances, talk on every stream, errors that -ErrorAction does not stop,
# streamed outputs, no class information on instances, few classes. FOREIGN_CASE chooses what the method answers.

$script:East = @{ ObjectId = '{1}\\E\X:VD.ObjectId="{a}"'; UniqueId = 'EAST'; FriendlyName = 'Orders' }
$script:Peer = @{ ObjectId = 'P1'; PeerUniqueId = 'WEST'; PeerObjectName = 'Orders-DR'; PeerSubsystemName = 'West'; IsPrimary = 'False'; PeerObjectType = 4 }

function Get-CimInstance {
	param($Namespace, $ClassName, $Property, $CimSession, $OperationTimeoutSec)
	Write-Host "looking at $ClassName"
	Write-Warning 'slow'
	'text that is no instance'
	switch ($ClassName) {
		'MSFT_VirtualDisk' { $script:East }
		'MSFT_VirtualDiskToReplicaPeer' { @{ VirtualDisk = $script:East; ReplicaPeer = @{ ObjectId = 'P1' }; CopyState = '4'; ProgressStatus = [byte]2; SyncMode = 3.0; SyncType = [uint32]6; SyncTime = '20240101000000.000000+000' } }
		'MSFT_StorageJob' { @{ InstanceID = 'J-1'; JobState = '4' } }
		default { throw "Invalid class '$ClassName'" }
	}
}

function Get-CimAssociatedInstance {
	param($InputObject, $Association, $ResultClassName, $CimSession, $OperationTimeoutSec)
	if ($ResultClassName -eq 'MSFT_ReplicaPeer') { return $script:Peer }
	throw 'no such association'
}

function Get-CimClass {
	param($Namespace, $ClassName, $CimSession, $OperationTimeoutSec)
	[pscustomobject]@{ CimClassMethods = @([pscustomobject]@{ Name = 'SetReplicationRelationship'; Parameters = @([pscustomobject]@{ Name = 'Operation' }, [pscustomobject]@{ Name = 'RunAsJob' }) }) }
}

function Invoke-CimMethod {
	[CmdletBinding(SupportsShouldProcess = $true)]
	param($InputObject, $MethodName, $Arguments, $CimSession, $OperationTimeoutSec)
	$seen = ($Arguments.Keys | Sort-Object) -join ','
	switch ($env:FOREIGN_CASE) {
		'streamed' { @{ ParameterName = 'Other'; ItemType = 'String'; ItemValue = 'x' }; @{ ReturnValue = 4096; CreatedStorageJob = 'MSFT_StorageJob.InstanceID="J-1"'; ExtendedStatus = $seen } }
		'thrown' { throw [System.Management.Automation.ErrorRecord]::new([System.Exception]::new($seen), 'StorageWMI 40001', 'NotSpecified', $null) }
		'written' { Write-Error -Message $seen -ErrorId 'StorageWMI 40009' -ErrorAction Continue }
		'nothing' { }
	}
}

Export-ModuleMember -Function *
