import { describe, expect, it } from 'vitest'
import { maskEmail, maskFullName, maskName, maskPhone } from '../../../src/operators/customers/mask'

describe('masked data', () => {
  it.each([
    ['ada.obi@gmail.com', 'a•••@g•••.com'],
    ['A@B.ng', 'A•••@B•••.ng'],
    ['first@mail.example.co.uk', 'f•••@m•••.uk'],
    ["o'neil+x@example.com", 'o•••@e•••.com'],
    ['no-address', '•••'],
    ['@example.com', '•••'],
    ['', '•••'],
  ])('of the address %s is %s', (email, masked) => {
    expect(maskEmail(email)).toBe(masked)
  })

  it.each([
    ['Ada', 'A•••'],
    ['Ọlá', 'Ọ•••'],
    ['O\u0323la\u0301', 'O\u0323•••'],
    ['👩‍👧 Chi', '👩‍👧•••'],
    ['  Ada Obi', 'A•••'],
    ['A', 'A•••'],
    ['', ''],
    [' ', ''],
    [null, ''],
  ])('of the name %s is %s', (name, masked) => {
    expect(maskName(name)).toBe(masked)
  })

  it.each([
    ['Ada', 'Obi', 'A••• O•••'],
    ['Ada', null, 'A•••'],
    [null, 'Obi', 'O•••'],
    [null, null, '–'],
  ])('of %s %s is %s', (firstName, lastName, masked) => {
    expect(maskFullName({ firstName, lastName })).toBe(masked)
  })

  it.each([
    ['+2348031234567', '+234•••67'],
    ['+12025550123', '+120•••23'],
    ['+12345678', '+123•••78'],
    ['+1234567', '•••'],
    ['', '–'],
  ])('of the phone number %s is %s', (phone, masked) => {
    expect(maskPhone(phone)).toBe(masked)
  })
})
