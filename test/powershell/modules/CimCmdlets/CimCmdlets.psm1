# A stand-in for the CIM cmdlets of Windows, over arrays in a JSON file that several processes share.
# STAND_IN_STATE names the file; every call is appended to <file>.log, one JSON line each. The shape of the file, the
# faults and the settings are described in test/powershell/standIn.ts, which seeds it.
# It is stricter than Windows: unknown arguments, classes and methods are errors.

. ([scriptblock]::Create([System.IO.File]::ReadAllText($PSScriptRoot + '/state.ps1')))
. ([scriptblock]::Create([System.IO.File]::ReadAllText($PSScriptRoot + '/instances.ps1')))
. ([scriptblock]::Create([System.IO.File]::ReadAllText($PSScriptRoot + '/transitions.ps1')))
. ([scriptblock]::Create([System.IO.File]::ReadAllText($PSScriptRoot + '/secondProvider.ps1')))
. ([scriptblock]::Create([System.IO.File]::ReadAllText($PSScriptRoot + '/groups.ps1')))

$script:Namespace = 'root/Microsoft/Windows/Storage'
$script:Sessions = @{}

function New-ErrorRecord([string]$Id, [string]$Category, [string]$Message, [string]$Native) {
	$exception = [System.Exception]::new($Message)
	if ($Native) { Add-Member -InputObject $exception -NotePropertyName NativeErrorCode -NotePropertyValue $Native }
	return [System.Management.Automation.ErrorRecord]::new($exception, $Id, $Category, $null)
}

function Resolve-Computer($CimSession) {
	if ($null -eq $CimSession) { return 'local' }
	$known = $script:Sessions[[string]$CimSession.InstanceId]
	if ($null -eq $known) { throw (New-ErrorRecord 'HRESULT 0x80338029' 'ConnectionError' 'The session does not exist any more.') }
	return $known
}

function Assert-Namespace([string]$Namespace) {
	if ($Namespace -ne $script:Namespace -and $Namespace -ne 'root/cimv2') { throw (New-ErrorRecord 'HRESULT 0x8004100e' 'MetadataError' 'Invalid namespace' 'InvalidNamespace') }
}

function Get-CimInstance {
	[CmdletBinding()]
	param([string]$Namespace = 'root/cimv2', [string]$ClassName, $InputObject, [string[]]$Property, [switch]$KeyOnly, $CimSession, [uint32]$OperationTimeoutSec)
	try {
		$computer = Resolve-Computer $CimSession
		$found = Use-State {
			param($state)
			if ($null -ne $InputObject) {
				$class = [string]$InputObject.CimSystemProperties.ClassName
				Add-Call $state @{ cmdlet = 'Get-CimInstance'; class = $class; byKey = $true; computer = $computer }
				Invoke-Fault $state @('GetInstance', $class) $computer 'before'
				return @{ rows = @(Get-InstanceByKey $state $InputObject $computer); errors = @() }
			}
			Assert-Namespace $Namespace
			Add-Call $state @{ cmdlet = 'Get-CimInstance'; class = $ClassName; computer = $computer }
			Invoke-Fault $state @('Get-CimInstance', $ClassName) $computer 'before'
			@{ rows = @(Add-SecondProvider $state $ClassName @(Get-Instances $state $ClassName $computer)); errors = @(if ($ClassName -ne 'MSFT_StorageSubSystem' -and $ClassName -ne 'MSFT_StorageProvider') { Get-SoftErrors $state $computer }) }
		}
		foreach ($record in $found.errors) { $PSCmdlet.WriteError($record) }
		foreach ($item in $found.rows) { $item }
	} catch { $PSCmdlet.WriteError($_) }
}

function Get-CimAssociatedInstance {
	[CmdletBinding()]
	param([Parameter(Mandatory = $true)]$InputObject, [string]$Association, [string]$ResultClassName, [string]$Namespace, [switch]$KeyOnly, $CimSession, [uint32]$OperationTimeoutSec)
	try {
		$computer = Resolve-Computer $CimSession
		$found = Use-State {
			param($state)
			Add-Call $state @{ cmdlet = 'Get-CimAssociatedInstance'; class = $ResultClassName; association = $Association; computer = $computer }
			Invoke-Fault $state @('Get-CimAssociatedInstance', $Association) $computer 'before'
			, @(Get-AssociatedInstances $state $InputObject $Association $ResultClassName $computer)
		}
		foreach ($item in $found) { $item }
	} catch { $PSCmdlet.WriteError($_) }
}

function Get-CimClass {
	[CmdletBinding()]
	param([string]$Namespace = 'root/cimv2', [string]$ClassName, $CimSession, [uint32]$OperationTimeoutSec)
	try {
		$computer = Resolve-Computer $CimSession
		Use-State {
			param($state)
			Assert-Namespace $Namespace
			Add-Call $state @{ cmdlet = 'Get-CimClass'; class = $ClassName; computer = $computer }
			Invoke-Fault $state @('Get-CimClass', $ClassName) $computer 'before'
			Get-ClassOf $state $ClassName
		}
	} catch { $PSCmdlet.WriteError($_) }
}

function New-CimInstance {
	[CmdletBinding(SupportsShouldProcess = $true)]
	param([string]$Namespace = 'root/cimv2', [string]$ClassName, $CimClass, [System.Collections.IDictionary]$Property, [switch]$ClientOnly)
	if (-not $ClientOnly) { $PSCmdlet.WriteError((New-ErrorRecord 'HRESULT 0x8004100c' 'NotImplemented' 'Not supported' 'NotSupported')); return }
	if ($null -ne $CimClass) { $ClassName = $CimClass.CimClassName }
	$made = [ordered]@{ CimSystemProperties = @{ ClassName = $ClassName } }
	foreach ($key in $Property.Keys) {
		if ($null -ne $CimClass -and @($CimClass.CimClassProperties | ForEach-Object { $_.Name }) -notcontains $key) {
			$PSCmdlet.WriteError((New-ErrorRecord 'HRESULT 0x80041002' 'ObjectNotFound' "no property $key" 'NotFound')); return
		}
		$made[$key] = $Property[$key]
	}
	[pscustomobject]$made
}

# An argument as the log has it. What is an instance or a reference by its class is no text, as in Windows' own client code.
function Get-Plain([string]$Name, $Value, [string]$Type) {
	$class = if ($Value -is [string]) { '' } else { [string]$Value.CimSystemProperties.ClassName }
	switch ($Type) {
		'Peer' {
			if ($class -ne 'MSFT_ReplicaPeer' -or $Value.PeerObjectType -isnot [uint16] -or [string]::IsNullOrEmpty([string]$Value.PeerUniqueId)) { throw [System.ArgumentException]::new("$Name is no MSFT_ReplicaPeer") }
			return [string]$Value.PeerUniqueId
		}
		'Reference' {
			if ($class -eq '' -or [string]::IsNullOrEmpty([string]$Value.ObjectId)) { throw [System.InvalidCastException]::new("$Name is no reference") }
			return [string]$Value.ObjectId
		}
		'MSFT_ReplicationSettings' {
			if ($class -ne $Type) { throw [System.InvalidCastException]::new("$Name is no $Type") }
			$settings = @{}
			foreach ($property in $Value.PSObject.Properties) { if ($property.Name -ne 'CimSystemProperties') { $settings[$property.Name] = $property.Value } }
			return $settings
		}
		'MSFT_StorageObject[]' {
			return , @(foreach ($one in (Assert-Instances $Name $Value @('MSFT_VirtualDisk'))) { [string]$one.ObjectId })
		}
		'MSFT_Synchronized[]' {
			return , @(foreach ($one in (Assert-Instances $Name $Value @('MSFT_VirtualDiskToReplicaPeer', 'MSFT_VirtualDiskToVirtualDisk'))) { [string]$one.CimSystemProperties.ClassName + ' ' + (Get-KeyOf $(if ($one.PSObject.Properties['VirtualDisk']) { $one.VirtualDisk } else { $one.SourceVirtualDisk })) })
		}
		default { return $Value }
	}
}

# An array of whole instances of these classes, which is what an embedded array takes.
function Assert-Instances([string]$Name, $Value, [string[]]$Classes) {
	if ($Value -isnot [array] -or $Value.Count -eq 0) { throw [System.InvalidCastException]::new("$Name is no array of instances") }
	foreach ($one in $Value) { if ($one -is [string] -or $Classes -notcontains [string]$one.CimSystemProperties.ClassName) { throw [System.InvalidCastException]::new("$Name has an element of another class") } }
	return , $Value
}

function Invoke-CimMethod {
	[CmdletBinding(SupportsShouldProcess = $true)]
	param([Parameter(Mandatory = $true)]$InputObject, [Parameter(Mandatory = $true)][string]$MethodName, [System.Collections.IDictionary]$Arguments = @{}, $CimSession, [uint32]$OperationTimeoutSec)
	try {
		$computer = Resolve-Computer $CimSession
		$answer = Use-State {
			param($state)
			$class = [string]$InputObject.CimSystemProperties.ClassName
			$declared = (Get-ClassOf $state $class).CimClassMethods[$MethodName]
			if ($null -eq $declared) { throw (New-ErrorRecord 'HRESULT 0x80041055' 'MetadataError' "no method $MethodName" 'MethodNotFound') }
			$plain = @{}
			foreach ($key in $Arguments.Keys) {
				if (-not $declared.Parameters.ContainsKey($key)) { throw [System.ArgumentException]::new("The method $MethodName has no parameter $key") }
				$value = $Arguments[$key]
				if ($declared.Parameters[$key] -eq 'UInt16' -and $value -isnot [uint16]) { throw [System.ArgumentException]::new("$key is no UInt16") }
				if ($declared.Parameters[$key] -eq 'UInt32' -and $value -isnot [uint32]) { throw [System.ArgumentException]::new("$key is no UInt32") }
				$plain[$key] = Get-Plain $key $value $declared.Parameters[$key]
			}
			Add-Call $state @{ cmdlet = 'Invoke-CimMethod'; method = $MethodName; on = [string]$InputObject.ObjectId; arguments = $plain; computer = $computer }
			$names = @('Invoke-CimMethod', $MethodName)
			if ($Arguments.Contains('Operation')) { $names += "$MethodName $($Arguments['Operation'])" }
			Invoke-Fault $state $names $computer 'before'
			$result = Invoke-Method $state $InputObject $MethodName $Arguments $computer
			Save-State $state
			Invoke-Fault $state $names $computer 'after'
			$result
		}
		$code = [int]$answer.ReturnValue
		if ($code -ne 0 -and $code -ne 4096 -and $answer.AsException) { throw (New-ErrorRecord "StorageWMI $code" 'InvalidResult' "Invoke-CimMethod: $($answer.Message)") }
		$status = $null
		if ($answer.Message) { $status = [pscustomobject]@{ Message = $answer.Message; MessageID = 'STANDIN'; RecommendedActions = @('read the log') } }
		$output = [ordered]@{ ReturnValue = [uint32]$code; ExtendedStatus = $status; PSComputerName = $null }
		foreach ($key in $answer.Outputs.Keys) { $output[$key] = $answer.Outputs[$key] }
		[pscustomobject]$output
	} catch { $PSCmdlet.WriteError($_) }
}

function New-CimSessionOption {
	[CmdletBinding()]
	param([ValidateSet('Dcom', 'Wsman', 'Default')][string]$Protocol = 'Wsman', [switch]$UseSsl)
	[pscustomobject]@{ Protocol = $Protocol; UseSsl = [bool]$UseSsl }
}

function New-CimSession {
	[CmdletBinding()]
	param([Parameter(Mandatory = $true)][string]$ComputerName, [System.Management.Automation.PSCredential]$Credential, $SessionOption, [uint32]$Port, [ValidateSet('Default', 'Digest', 'Negotiate', 'Basic', 'Kerberos', 'NtlmDomain', 'CredSsp')][string]$Authentication, [uint32]$OperationTimeoutSec)
	try {
		Use-State {
			param($state)
			$protocol = if ($SessionOption) { $SessionOption.Protocol } else { 'Wsman' }
			$user = if ($Credential) { $Credential.UserName } else { $null }
			$call = @{ cmdlet = 'New-CimSession'; computer = $ComputerName; protocol = $protocol; user = $user }
			if ($Port) { $call['port'] = $Port }
			if ($Authentication) { $call['authentication'] = $Authentication }
			if ($SessionOption -and $SessionOption.UseSsl) { $call['useSsl'] = $true }
			Add-Call $state $call
			Invoke-Fault $state @('New-CimSession') $ComputerName 'before'
			$view = $state.hosts.PSObject.Properties[$ComputerName]
			if ($null -eq $view) { throw (New-ErrorRecord 'HRESULT 0x803380e4' 'ConnectionError' "The WinRM client cannot find $ComputerName.") }
			$wanted = $view.Value.credential
			if ($null -ne $wanted -and ($null -eq $Credential -or $Credential.UserName -ne $wanted.username -or -not [string]::Equals($Credential.GetNetworkCredential().Password, $wanted.password, 'Ordinal'))) {
				throw (New-ErrorRecord 'HRESULT 0x80070005' 'PermissionDenied' 'Access is denied.')
			}
			$id = [guid]::NewGuid().ToString()
			$script:Sessions[$id] = $ComputerName
			[pscustomobject]@{ InstanceId = $id; ComputerName = $ComputerName; Protocol = $protocol }
		}
	} catch { $PSCmdlet.WriteError($_) }
}

function Get-CimSession {
	[CmdletBinding()]
	param()
	foreach ($id in $script:Sessions.Keys) { [pscustomobject]@{ InstanceId = $id; ComputerName = $script:Sessions[$id] } }
}

function Remove-CimSession {
	[CmdletBinding(SupportsShouldProcess = $true)]
	param([Parameter(Mandatory = $true)]$CimSession)
	Use-State { param($state) Add-Call $state @{ cmdlet = 'Remove-CimSession'; computer = $CimSession.ComputerName } }
	$script:Sessions.Remove([string]$CimSession.InstanceId)
}

Export-ModuleMember -Function Get-CimInstance, Get-CimAssociatedInstance, Get-CimClass, Invoke-CimMethod, New-CimInstance, New-CimSession, Get-CimSession, Remove-CimSession, New-CimSessionOption
