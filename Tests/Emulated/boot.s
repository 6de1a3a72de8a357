# What a guest's firmware boots from its disk: says something on the first serial port, reads the next sector through the firmware, says
# what stands there, and then waits.
	.code16
	.globl _start
_start:
	cli
	xorw %ax, %ax
	movw %ax, %ds
	movw %ax, %es
	movw %ax, %ss
	movw $0x7c00, %sp
	movb %dl, drive
	movw $greeting, %si
	call say
	# One sector, the second, behind this one.
	movw $0x0201, %ax
	movw $0x0002, %cx
	movb $0, %dh
	movb drive, %dl
	movw $0x7e00, %bx
	int $0x13
	jc stop
	movw $0x7e00, %si
	call say
stop:
	sti
	hlt
	jmp stop

say:
	movw $0x3fd, %dx
wait:
	inb %dx, %al
	testb $0x20, %al
	jz wait
	lodsb
	testb %al, %al
	jz said
	movw $0x3f8, %dx
	outb %al, %dx
	jmp say
said:
	ret

drive:	.byte 0
greeting:
	.asciz "hello from the guest\r\n"
	.org 510
	.byte 0x55, 0xaa
	.asciz "and from its disk\r\n"
	.org 1024
