Write-Output debloat-windows.ps1
